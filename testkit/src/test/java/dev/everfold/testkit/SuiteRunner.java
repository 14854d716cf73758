package dev.everfold.testkit;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectNestedClass;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/// Runs suites for an engine from within a test, and says which of their tests failed.
final class SuiteRunner {

    private SuiteRunner() {}

    /// Every suite there is.
    static List<Class<? extends ConformanceSuite>> allSuites() {
        List<Class<? extends ConformanceSuite>> suites = new ArrayList<>();
        nested().forEach(nested -> suites.add(nested.getSuperclass().asSubclass(ConformanceSuite.class)));
        return suites;
    }

    /// Runs the suites and returns the names of the tests that failed, by suite. A suite without
    /// failures is left out.
    static Map<Class<? extends ConformanceSuite>, List<String>> failures(
            Supplier<RestartableFixture> engine, Collection<Class<? extends ConformanceSuite>> suites) {
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(nested().filter(nested -> suites.contains(nested.getSuperclass()))
                        .map(nested -> selectNestedClass(List.of(FaultyEngine.class), nested))
                        .toList())
                .build();
        FailureListener failures = new FailureListener();
        ScopedValue.where(FaultyEngine.FIXTURE, engine)
                .run(() -> LauncherFactory.create().execute(request, failures));
        return failures.bySuite;
    }

    private static Stream<Class<?>> nested() {
        return Stream.of(EventStoreConformance.class, RestartableConformance.class, FaultyEngine.class)
                .flatMap(all -> Arrays.stream(all.getDeclaredClasses()))
                .filter(type -> type.isAnnotationPresent(Nested.class));
    }

    /// Collects the tests that failed.
    private static final class FailureListener implements TestExecutionListener {

        private final Map<Class<? extends ConformanceSuite>, List<String>> bySuite = new LinkedHashMap<>();

        @Override
        public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            if (result.getStatus() == TestExecutionResult.Status.FAILED
                    && test.getSource().orElse(null) instanceof MethodSource method) {
                Class<? extends ConformanceSuite> suite =
                        method.getJavaClass().getSuperclass().asSubclass(ConformanceSuite.class);
                bySuite.computeIfAbsent(suite, _ -> new ArrayList<>()).add(method.getMethodName());
            }
        }
    }
}
