package dev.everfold.log;

import dev.everfold.log.LogEventStore.Mode;
import dev.everfold.testkit.history.Answer;
import dev.everfold.testkit.history.Call;
import dev.everfold.testkit.history.FileJournal;
import dev.everfold.testkit.history.HistoryClient;
import dev.everfold.testkit.history.HistoryWorkload;
import dev.everfold.testkit.history.Journal;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// The process that [KillTest] kills: clients in virtual threads use a store and keep journals of it.
///
/// What a client is told is written to its journal, made durable there, and only then told to the parent by
/// one byte on the output.
final class KillWriter {

    static final int CLIENTS = 8;

    /// Segments and memtables so small that a kill meets sealing, runs and merges too.
    static final LogOptions OPTIONS =
            LogOptions.DEFAULTS.withSegmentBytes(64 << 10).withMemtableEvents(64);

    private static final int CALLS_MAX = 400;

    private KillWriter() {}

    /// Is given the directory of the store, that of the journals, and the cycle.
    public static void main(String[] arguments) throws IOException {
        ChildJvm.haltAfter(Duration.ofSeconds(60));
        Path directory = Path.of(arguments[0]);
        Path journals = Path.of(arguments[1]);
        int cycle = Integer.parseInt(arguments[2]);
        try (FileOutputStream parent = new FileOutputStream(FileDescriptor.out);
                LogEventStore store = LogEventStore.open(directory, OPTIONS, Mode.CREATE);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int client = 0; client < CLIENTS; client++) {
                Client each = new Client(store, parent, cycle, client);
                threads.execute(() -> each.run(journals));
            }
        }
    }

    /// One of the clients of one cycle.
    private record Client(LogEventStore store, FileOutputStream parent, int cycle, int index) {

        void run(Path journals) {
            HistoryWorkload workload = new HistoryWorkload(cycle, CLIENTS, CALLS_MAX);
            try (FileJournal journal = FileJournal.create(journal(journals, cycle, index), workload.name(index))) {
                workload.runClient(index, new HistoryClient(store, new Telling(journal, parent)));
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }

    static Path journal(Path journals, int cycle, int client) {
        return journals.resolve("journal-" + cycle + "-" + client);
    }

    /// Tells the parent of every answer, once it is durable in the journal.
    private record Telling(Journal journal, FileOutputStream parent) implements Journal {
        @Override
        public void invoked(int number, long nanos, Call call) {
            journal.invoked(number, nanos, call);
        }

        @Override
        public void answered(int number, long nanos, Answer answer) {
            journal.answered(number, nanos, answer);
            try {
                parent.write('.');
            } catch (IOException parentIsGone) {
                throw new UncheckedIOException(parentIsGone);
            }
        }
    }
}
