package dev.everfold.log;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.log.LogEventStore.Mode;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;

/// The process that [KillTest] kills: several threads append, and each writes down what was acknowledged.
///
/// An acknowledgement is written to the thread's journal, made durable there, and only then told to the
/// parent by one byte on the output. What is appended follows from cycle, thread and number alone, so
/// that the parent can tell it and repeat it.
final class KillWriter {

    static final int THREADS = 4;
    static final LogOptions OPTIONS =
            LogOptions.DEFAULTS.withSegmentBytes(64 << 10).withMemtableEvents(64);

    private static final int APPENDS_MAX = 3_000;
    private static final int EVENTS_MAX = 5;

    private KillWriter() {}

    public static void main(String[] arguments) {
        Path directory = Path.of(arguments[0]);
        Path journals = Path.of(arguments[1]);
        int cycle = Integer.parseInt(arguments[2]);
        LogEventStore store = LogEventStore.open(directory, OPTIONS, Mode.CREATE);
        for (int thread = 0; thread < THREADS; thread++) {
            int each = thread;
            new Thread(() -> run(store, journals, cycle, each)).start();
        }
    }

    private static void run(LogEventStore store, Path journals, int cycle, int thread) {
        try (FileChannel journal = FileChannel.open(
                        journal(journals, cycle, thread), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                FileOutputStream parent = new FileOutputStream(FileDescriptor.out)) {
            for (int number = 0; number < APPENDS_MAX; number++) {
                Appended appended = store.append(append(cycle, thread, number));
                journal.write(ByteBuffer.wrap(
                        (number + " " + appended.fromPosition() + "\n").getBytes(StandardCharsets.UTF_8)));
                journal.force(false);
                parent.write('.');
            }
        } catch (IOException parentIsGone) {
            throw new IllegalStateException(parentIsGone);
        }
    }

    static Path journal(Path journals, int cycle, int thread) {
        return journals.resolve("journal-" + cycle + "-" + thread);
    }

    static String stream(int cycle, int thread) {
        return "writer-" + cycle + "-" + thread;
    }

    /// The append with this number, always the same.
    static Append append(int cycle, int thread, int number) {
        SplittableRandom random = new SplittableRandom(cycle * 1_000_003L + thread * 10_007L + number);
        List<NewEvent> events = new ArrayList<>();
        int count = random.nextInt(1, EVENTS_MAX + 1);
        for (int i = 0; i < count; i++) {
            byte[] data = new byte[random.nextInt(random.nextInt(10) == 0 ? 5_000 : 100)];
            random.nextBytes(data);
            events.add(NewEvent.of(stream(cycle, thread), "number-" + number, Bytes.of(data))
                    .withId(new UUID(random.nextLong(), random.nextLong()))
                    .withTags("event:" + i, "of:" + count));
        }
        return Append.of(events)
                .withId(new UUID(((long) cycle << 32) | thread, number))
                .tracking(stream(cycle, thread), number);
    }
}
