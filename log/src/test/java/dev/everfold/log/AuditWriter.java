package dev.everfold.log;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.log.LogEventStore.Mode;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// The process whose system calls [SyscallAuditTest] reads: each acknowledgement is a write of its own.
final class AuditWriter {

    static final int CLIENTS = 4;
    static final int APPENDS_EACH = 100;

    private AuditWriter() {}

    /// Is given the directory of the store.
    public static void main(String[] arguments) throws IOException {
        ChildJvm.haltAfter(Duration.ofSeconds(60));
        LogOptions options = LogOptions.DEFAULTS.withSegmentBytes(64 << 10).withMemtableEvents(64);
        try (FileOutputStream parent = new FileOutputStream(FileDescriptor.out);
                LogEventStore store = LogEventStore.open(Path.of(arguments[0]), options, Mode.CREATE);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int client = 0; client < CLIENTS; client++) {
                int each = client;
                threads.execute(() -> run(store, each, parent));
            }
        }
    }

    private static void run(LogEventStore store, int client, FileOutputStream parent) {
        SplittableRandom random = new SplittableRandom(client);
        try {
            for (int number = 0; number < APPENDS_EACH; number++) {
                Appended appended = store.append(append(client, random));
                String line = "ack " + appended.fromPosition() + " "
                        + appended.revisions().size() + "\n";
                parent.write(line.getBytes(StandardCharsets.US_ASCII));
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static Append append(int client, SplittableRandom random) {
        List<NewEvent> events = new ArrayList<>();
        for (int left = random.nextInt(1, 4); left > 0; left--) {
            byte[] data = new byte[random.nextInt(2_000)];
            random.nextBytes(data);
            events.add(NewEvent.of("writer-" + client, "written", Bytes.of(data)));
        }
        return Append.of(events);
    }
}
