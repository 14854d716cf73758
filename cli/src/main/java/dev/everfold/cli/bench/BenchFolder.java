package dev.everfold.cli.bench;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.StoreUri;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/// A new folder in which everything that is measured is made, and which is deleted at the end. Stores that
/// were there before are never touched.
///
/// @param uri the store's URI as it was given; its rest names the folder in which the new one is made
/// @param path the new folder
/// @param madeParent whether the folder that the URI names was made too
record BenchFolder(StoreUri uri, Path path, boolean madeParent) implements BenchPlace {

    private static final String SEGMENT = "segment";

    /// Makes the folder.
    static BenchFolder create(StoreUri uri) throws IOException {
        Path parent = Path.of(uri.rest()).toAbsolutePath().normalize();
        boolean madeParent = !Files.exists(parent);
        if (madeParent) {
            Files.createDirectory(parent);
        }
        return new BenchFolder(uri, Files.createTempDirectory(parent, "everfold-bench-"), madeParent);
    }

    @Override
    public EventStore open(String name) {
        return EventStores.open(storeUri(name).toString());
    }

    @Override
    public EventStore open(String name, String segment) {
        StoreUri plain = storeUri(name);
        if (plain.parameters().containsKey(SEGMENT)) {
            return EventStores.open(plain.toString());
        }
        try {
            return EventStores.open(plain.with(SEGMENT, segment).toString());
        } catch (IllegalArgumentException noSegments) {
            return EventStores.open(plain.toString());
        }
    }

    private StoreUri storeUri(String name) {
        String rest = uri.rest().isEmpty() ? "" : path.resolve(name).toString();
        return new StoreUri(uri.scheme(), rest, uri.parameters());
    }

    @Override
    public void delete(String name) throws IOException {
        deleteAll(path.resolve(name));
    }

    @Override
    public Workload raw() {
        return new RawDisk(path);
    }

    @Override
    public Optional<Path> bareFiles() {
        return Optional.of(path);
    }

    @Override
    public Results.Section rawSection() {
        return Results.Section.RAW;
    }

    @Override
    public void close() throws IOException {
        deleteAll(path);
        if (madeParent) {
            Files.delete(path.resolve("..").normalize());
        }
    }

    private static void deleteAll(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
