package dev.everfold.cli;

import dev.everfold.cloudevents.CloudEventException;
import dev.everfold.cloudevents.CloudEventReader;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventFormat;
import dev.everfold.eventstore.IoReason;
import dev.everfold.eventstore.LimitExceededException;
import dev.everfold.eventstore.Limits;
import dev.everfold.eventstore.NewEvent;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.ZipException;

/// Reads the input in a thread of its own and hands over batches of events, in the order of the lines.
final class ImportParser implements Runnable {

    private static final int BATCH_EVENTS_MAX = 500;
    private static final int BATCHES_WAITING_MAX = 8;
    /// A character may take six bytes in JSON; what is not data of the event needs room as well.
    private static final int BYTES_PER_CHARACTER_MAX = 6;

    private static final int BYTES_BESIDE_EVENT_MAX = 1 << 20;
    private static final UUID ANY_ID = new UUID(0, 0);

    /// What is handed over.
    sealed interface Item {
        /// Events in the order of their lines.
        record Batch(List<NewEvent> events) implements Item {}

        /// The input cannot be read on; everything before it was handed over.
        record Failed(RuntimeException failure) implements Item {}

        /// The input is at its end.
        record End() implements Item {}
    }

    private final List<ImportSource> sources;
    private final Console console;
    private final Limits limits;
    private final int smallestLimit;
    private final int batchEventsMax;
    private final boolean skipMalformed;
    private final BlockingQueue<Item> items = new ArrayBlockingQueue<>(BATCHES_WAITING_MAX);
    private final AtomicLong malformed = new AtomicLong();

    // Owned by the parsing thread.
    private final CloudEventReader reader = new CloudEventReader();
    private List<NewEvent> batch = new ArrayList<>();
    private long batchBytes;
    private long line;

    ImportParser(List<ImportSource> sources, Console console, Limits limits, boolean skipMalformed) {
        this.sources = sources;
        this.console = console;
        this.limits = limits;
        // The ids of a batch go into one query, whose item counts as one term.
        this.batchEventsMax =
                Math.min(BATCH_EVENTS_MAX, Math.min(limits.appendEventsMax(), limits.queryTermsMax() - 1));
        this.smallestLimit =
                Math.min(limits.eventBytesMax(), Math.min(limits.metadataBytesMax(), limits.nameBytesMax()));
        this.skipMalformed = skipMalformed;
    }

    /// What comes next; waits for it.
    BlockingQueue<Item> items() {
        return items;
    }

    /// How many lines were left out.
    long malformed() {
        return malformed.get();
    }

    @Override
    public void run() {
        try {
            Item last = last();
            seal();
            items.put(last);
        } catch (InterruptedException notWantedAnyMore) {
            Thread.currentThread().interrupt();
        }
    }

    /// Whoever takes the items waits for the last one, so there is one whatever happens.
    private Item last() throws InterruptedException {
        try {
            return parseAll();
        } catch (RuntimeException unexpected) {
            return new Item.Failed(unexpected);
        } catch (OutOfMemoryError | StackOverflowError unexpected) {
            return new Item.Failed(new IllegalStateException(unexpected.toString(), unexpected));
        }
    }

    private Item parseAll() throws InterruptedException {
        for (ImportSource source : sources) {
            line = 0;
            try (InputStream in = source.open(console.in())) {
                parse(source, in);
            } catch (EOFException | ZipException damaged) {
                return failed(
                        source.name() + ":" + (line + 1) + ": the compressed data "
                                + (damaged instanceof EOFException ? "ends too early" : "is damaged")
                                + "; expected a whole gzip file. The lines before were imported: get the file again and"
                                + " repeat the import.",
                        damaged);
            } catch (IOException unreadable) {
                return failed(
                        source.name() + ":" + (line + 1) + ": cannot be read on: "
                                + IoReason.of(unreadable, source.name()).words()
                                + ". The lines before were imported; repeat the import when it can be read.",
                        unreadable);
            } catch (CommandException malformedLine) {
                return new Item.Failed(malformedLine);
            }
        }
        return new Item.End();
    }

    private static Item failed(String message, IOException cause) {
        return new Item.Failed(new CommandException(ExitCode.REFUSED, message, cause));
    }

    private void parse(ImportSource source, InputStream in) throws IOException, InterruptedException {
        int lineBytesMax = BYTES_PER_CHARACTER_MAX * limits.eventBytesMax() + BYTES_BESIDE_EVENT_MAX;
        NdjsonChunks chunks = new NdjsonChunks(in, lineBytesMax);
        while (chunks.next()) {
            if (chunks.isTooLong()) {
                line++;
                refuse(
                        source,
                        "The line is longer than " + lineBytesMax
                                + " bytes, so its event cannot be stored."
                                + " Store large data elsewhere and append a link.");
                continue;
            }
            parse(source, chunks);
            if (chunks.isWaiting()) {
                seal();
            }
        }
    }

    private void parse(ImportSource source, NdjsonChunks chunks) throws InterruptedException {
        byte[] buffer = chunks.buffer();
        reader.begin(buffer, chunks.from(), chunks.to());
        for (int from = chunks.from(); from < chunks.to(); ) {
            int to = lineEnd(buffer, from, chunks.to());
            line++;
            if (!isBlank(buffer, from, to)) {
                try {
                    add(reader.read(from, to));
                } catch (CloudEventException | LimitExceededException refused) {
                    refuse(source, String.valueOf(refused.getMessage()));
                }
            }
            from = to + 1;
        }
    }

    private void add(NewEvent event) throws InterruptedException {
        long bytes = EventFormat.encodedBytesAtMost(event);
        // What is smaller than each limit needs no closer look.
        if (bytes > smallestLimit || event.tags().size() > limits.tagsMax()) {
            limits.check(new Append(ANY_ID, List.of(event), List.of(), Optional.empty()));
        }
        if (batchBytes + bytes > limits.appendBytesMax() / 2) {
            seal();
        }
        batch.add(event);
        batchBytes += bytes;
        if (batch.size() >= batchEventsMax) {
            seal();
        }
    }

    private void seal() throws InterruptedException {
        if (!batch.isEmpty()) {
            items.put(new Item.Batch(batch));
            batch = new ArrayList<>(BATCH_EVENTS_MAX);
            batchBytes = 0;
        }
    }

    private void refuse(ImportSource source, String message) {
        String located = source.name() + ":" + line + ": " + message;
        if (!skipMalformed) {
            throw new CommandException(ExitCode.REFUSED, located);
        }
        malformed.incrementAndGet();
        console.warn(located);
    }

    private static int lineEnd(byte[] buffer, int from, int to) {
        int at = from;
        while (at < to && buffer[at] != '\n') {
            at++;
        }
        return at;
    }

    private static boolean isBlank(byte[] buffer, int from, int to) {
        for (int at = from; at < to; at++) {
            if (buffer[at] != ' ' && buffer[at] != '\t' && buffer[at] != '\r') {
                return false;
            }
        }
        return true;
    }
}
