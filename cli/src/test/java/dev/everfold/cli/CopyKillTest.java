package dev.everfold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.testkit.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A process that copies is killed, and another one goes on.
class CopyKillTest {

    private static final int EVENTS = 60_000;
    private static final int KILLS = 3;
    private static final Duration WAIT_MAX = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    @Test
    void a_copy_whose_processes_are_killed_is_exact_in_the_end() throws Exception {
        long seed = Long.getLong("everfold.seed", System.nanoTime());
        SplittableRandom random = new SplittableRandom(seed);
        String source = "log:" + folder.resolve("source");
        String target = "log:" + folder.resolve("target");
        fill(source);

        for (int kill = 0; kill < KILLS; kill++) {
            long atPosition = (long) kill * (EVENTS / KILLS) + random.nextInt(1, EVENTS / KILLS / 2);
            copyUntilKilled(source, target, atPosition);
        }
        CommandLineRun last = CommandLineRun.of("copy", "--from", source, "--to", target, "--verify");

        assertThat(last.exitCode())
                .as("%s Repeat it: -Deverfold.seed=%s", last.err(), seed)
                .isZero();
        assertThat(last.out())
                .contains("both stores have 60,000 events and 1 tracked positions; 60,000 events were compared");
        assertThat(CommandLineRun.of("export", "--store", target)
                        .out()
                        .equals(CommandLineRun.of("export", "--store", source).out()))
                .as("exports are the same; seed %s", seed)
                .isTrue();
        assertThat(CommandLineRun.of("verify", "--store", target).exitCode()).isZero();
    }

    /// Starts a copy, and kills it once the target has the event at this position, or when it is done.
    private void copyUntilKilled(String source, String target, long position) throws Exception {
        Process copy = ChildJvm.of(Main.class, "copy", "--from", source, "--to", target)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            try (EventStore reader = follow(target, copy)) {
                assertThat(reader.awaitPosition(position, WAIT_MAX)).isTrue();
            }
        } finally {
            copy.destroyForcibly();
            copy.waitFor();
        }
    }

    /// Opens the target for reading, once the child has made it.
    private EventStore follow(String target, Process copy) throws IOException, InterruptedException {
        Path store = folder.resolve("target").resolve("STORE");
        try (WatchService watcher = folder.getFileSystem().newWatchService()) {
            Path parent = Files.createDirectories(folder.resolve("target"));
            parent.register(watcher, StandardWatchEventKinds.ENTRY_CREATE);
            while (!Files.exists(store) && copy.isAlive()) {
                WatchKey key = watcher.poll(1, TimeUnit.SECONDS);
                if (key != null) {
                    key.reset();
                }
            }
        }
        try {
            return EventStores.open(target + "?mode=read");
        } catch (StoreUnavailableException beingMade) {
            throw new AssertionError("The copy ended before it made its target.", beingMade);
        }
    }

    private static void fill(String store) {
        try (EventStore source = EventStores.open(store)) {
            for (int i = 0; i < EVENTS; i += 1_000) {
                source.append(Append.of(IntStream.range(i, i + 1_000)
                                .mapToObj(number -> NewEvent.of("order-" + number % 777, "order.placed", "{}"))
                                .toList())
                        .tracking("shop", i));
            }
            assertThat(source.read(Read.all().fromPosition(EVENTS - 1L)).hasNext())
                    .isTrue();
        }
    }
}
