package dev.everfold.eventsourcing.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventsourcing.Everfold;
import dev.everfold.eventsourcing.projection.MemoryReadModel;
import dev.everfold.eventsourcing.projection.MemoryRows;
import dev.everfold.eventsourcing.projection.Projection;
import dev.everfold.eventsourcing.projection.RunningProjection;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Query;
import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// An application that does without Micrometer: the class path of these tests less its jars.
class WithoutMicrometerTest {

    private final ClassLoader before = Thread.currentThread().getContextClassLoader();

    @AfterEach
    void restore() {
        Thread.currentThread().setContextClassLoader(before);
    }

    @Test
    void an_application_without_micrometer_has_all_but_the_meters() throws Exception {
        try (URLClassLoader application =
                new URLClassLoader(withoutMicrometer(), ClassLoader.getPlatformClassLoader())) {
            assertThatThrownBy(() -> application.loadClass("io.micrometer.core.instrument.MeterRegistry"))
                    .isInstanceOf(ClassNotFoundException.class);

            // By it the engine is found.
            Thread.currentThread().setContextClassLoader(application);
            Object projected = ((Callable<?>) application
                            .loadClass(Application.class.getName())
                            .getConstructor()
                            .newInstance())
                    .call();

            assertThat(projected).isEqualTo("alice 2");
        }
    }

    private static URL[] withoutMicrometer() throws MalformedURLException {
        List<URL> urls = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            if (!Path.of(entry).getFileName().toString().startsWith("micrometer-")) {
                urls.add(Path.of(entry).toUri().toURL());
            }
        }
        return urls.toArray(URL[]::new);
    }

    /// What runs there. Everything it names is loaded anew.
    public static final class Application implements Callable<String> {

        @Override
        public String call() throws Exception {
            MemoryReadModel<String, Long> model = MemoryReadModel.empty();
            Projection<MemoryRows<String, Long>> balances =
                    Projection.raw("balances", Query.all(), (rows, event) -> rows.merge(event.stream(), 1L, Long::sum));
            try (Everfold everfold = Everfold.open("memory:")) {
                everfold.watchConsumers(_ -> {});
                RunningProjection<?> running = everfold.start(balances, model);
                everfold.store().append(Append.of(NewEvent.of("alice", "deposited", "{}")));
                everfold.store().append(Append.of(NewEvent.of("alice", "deposited", "{}")));
                running.awaitCaughtUp(Duration.ofSeconds(10));
                return "alice " + model.get("alice").orElse(0L);
            }
        }
    }
}
