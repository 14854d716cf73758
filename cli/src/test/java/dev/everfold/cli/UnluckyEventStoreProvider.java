package dev.everfold.cli;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.CorruptStoreException;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStoreProvider;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.Limits;
import dev.everfold.eventstore.OutcomeUnknownException;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.StorageFullException;
import dev.everfold.eventstore.StoreUnavailableException;
import dev.everfold.eventstore.StoreUri;
import dev.everfold.eventstore.Verification;
import dev.everfold.testkit.ForwardingEventStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongConsumer;

/// Stores of scheme `unlucky`, to which happens what their name says.
public final class UnluckyEventStoreProvider implements EventStoreProvider {

    /// For [java.util.ServiceLoader].
    public UnluckyEventStoreProvider() {}

    @Override
    public String scheme() {
        return "unlucky";
    }

    @Override
    public EventStore open(StoreUri uri) {
        return switch (uri.rest()) {
            case "busy" -> throw new StoreUnavailableException("The store is in use. Close it there.", true, null);
            case "torn" -> throw new CorruptStoreException("The store is damaged. Restore a backup.");
            case "parameter" -> throw new IllegalArgumentException("Parameter \"x\" is unknown.");
            default -> new UnluckyEventStore(uri.rest());
        };
    }

    @Override
    public EventStore openCopy(StoreUri uri, UUID lineage) {
        return uri.rest().equals("full-copy")
                ? new UnluckyEventStore("full", lineage)
                : EventStoreProvider.super.openCopy(uri, lineage);
    }

    @Override
    public Verification verify(StoreUri uri, LongConsumer progress) {
        progress.accept(17);
        Verification.Damage damage = new Verification.Damage("a\nb.log", 80, "checksum 0x1 expected, 0x2 found.");
        return new Verification(
                17,
                4_096,
                List.of("17 events: checksums."),
                List.of("An unfinished append at the end."),
                Collections.nCopies(uri.rest().equals("rubble") ? 2_000 : 1, damage));
    }

    @Override
    public long backup(StoreUri uri, Path directory, LongConsumer progress) {
        progress.accept(4_096);
        throw new StoreUnavailableException("The directory is not empty. Choose another.", false, null);
    }

    @Override
    public long restore(Path directory, StoreUri uri, LongConsumer progress) {
        progress.accept(4_096);
        return EventStoreProvider.super.restore(directory, uri, progress);
    }

    private static final class UnluckyEventStore extends ForwardingEventStore {

        private final String mishap;

        UnluckyEventStore(String mishap) {
            this(mishap, UUID.randomUUID());
        }

        UnluckyEventStore(String mishap, UUID lineage) {
            super(new InMemoryEventStore(Clock.systemUTC(), Limits.DEFAULTS, lineage));
            this.mishap = mishap;
        }

        @Override
        public Appended append(Append append) {
            throw switch (mishap) {
                case "full" -> new StorageFullException("/data", new IOException("No space left on device"));
                case "unknown" -> new OutcomeUnknownException("The disk failed", null);
                default -> new IllegalStateException("bug");
            };
        }

        @Override
        public CompletableFuture<Appended> appendAsync(Append append) {
            return CompletableFuture.supplyAsync(() -> append(append));
        }

        @Override
        public EventCursor read(Read read) {
            if (mishap.equals("rotten")) {
                throw new CorruptStoreException("Record at position 3 is corrupt. Verify the store.");
            }
            return super.read(read);
        }
    }
}
