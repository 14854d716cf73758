package dev.everfold.cli.bench;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.StoreUri;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// Where everything that is measured is made, and removed from at the end where it can be. Events
/// that were there before are never touched.
interface BenchPlace extends AutoCloseable {

    /// A new folder, or what the server of the URI has for it: stores of its own, or its one store.
    ///
    /// @throws IllegalArgumentException when the URI names a host, and stores cannot be made there to be measured
    static BenchPlace at(StoreUri uri) throws IOException {
        if (!uri.rest().startsWith("//")) {
            return BenchFolder.create(uri);
        }
        if (uri.scheme().equals(BenchRemote.SCHEME)) {
            return BenchRemote.at(uri);
        }
        try {
            return new BenchServer(EventStores.provider(uri).scratch(uri));
        } catch (UnsupportedOperationException noScratch) {
            throw new IllegalArgumentException(
                    "Store URI \"" + uri.forMessages()
                            + "\" names a host; expected a folder to make a store in, or none.",
                    noScratch);
        }
    }

    /// Opens the store of this name, new if there is none.
    EventStore open(String name);

    /// The same with segments of this length, where the engine has segments and the URI does not say.
    default EventStore open(String name, String segment) {
        return open(name);
    }

    /// Removes what the store of this name left, if anything.
    void delete(String name) throws IOException;

    /// Whether all names open the same store, which begins empty and keeps what is appended.
    default boolean isOneStore() {
        return false;
    }

    /// The least that can be asked of what is below the stores.
    Workload raw();

    /// An embedded store beside it that is measured as its limit; empty where the limit is a bare writer, or none.
    default Optional<EventStore> embedded() {
        return Optional.empty();
    }

    /// Measures what only such a place has.
    ///
    /// @param store the place's store
    default void more(EventStore store, Round round) throws Exception {}

    /// Where the bare writer and reader have their files; empty when the stores are not on a disk of this machine.
    default Optional<Path> bareFiles() {
        return Optional.empty();
    }

    /// How long each workload runs in the round that does not count, where each runs this long in those that do.
    default Duration warmUp(Duration duration) {
        return duration.dividedBy(2);
    }

    /// Under which title [#raw] is shown.
    Results.Section rawSection();

    @Override
    void close() throws IOException;
}
