package dev.everfold.benchmarks.peers;

import dev.everfold.eventstore.RecordedEvent;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.h2.mvstore.Cursor;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.type.ByteArrayDataType;
import org.h2.mvstore.type.LongDataType;

/// H2's MVStore: a map for events, one for entries, one for how many events each stream has.
final class MapStore extends IndexedStore {

    static final String SETTINGS = "commit and sync a commit; no automatic commit, cache of 256 MiB, no compression";

    private final MVStore store;
    private final MVMap<Long, byte[]> events;
    private final MVMap<byte[], Long> entries;
    private final MVMap<Long, Long> heads;

    MapStore(Path folder) throws Exception {
        Files.createDirectories(folder);
        store = new MVStore.Builder()
                .fileName(folder.resolve("events.mv").toString())
                .autoCommitDisabled()
                .cacheSize(256)
                .open();
        events = store.openMap(
                "events",
                new MVMap.Builder<Long, byte[]>().keyType(LongDataType.INSTANCE).valueType(ByteArrayDataType.INSTANCE));
        entries = store.openMap(
                "entries",
                new MVMap.Builder<byte[], Long>()
                        .keyType(ByteArrayDataType.INSTANCE)
                        .valueType(LongDataType.INSTANCE));
        heads = store.openMap(
                "heads",
                new MVMap.Builder<Long, Long>().keyType(LongDataType.INSTANCE).valueType(LongDataType.INSTANCE));
        Long last = events.lastKey();
        begin(last == null ? 0 : last + 1);
    }

    @Override
    long storedHead(long stream) {
        Long head = heads.get(stream);
        return head == null ? 0 : head;
    }

    @Override
    void put(long position, long revision, PeerAppend.Event event) {
        events.append(position, event.record());
        entries.put(key(STREAM, event.stream(), revision), position);
        entries.put(key(TYPE, event.type(), position), position);
        entries.put(key(TAG, event.tag(), position), position);
    }

    @Override
    void commit(Map<Long, Long> changedHeads) {
        heads.putAll(changedHeads);
        store.commit();
        store.sync();
    }

    @Override
    void readStream(long stream, Consumer<RecordedEvent> consumer) {
        Cursor<byte[], Long> cursor = entries.cursor(key(STREAM, stream, 0));
        while (cursor.hasNext()) {
            ByteBuffer key = ByteBuffer.wrap(cursor.next());
            if (key.get() != STREAM || key.getLong() != stream) {
                return;
            }
            consumer.accept(view(Objects.requireNonNull(events.get(cursor.getValue()))));
        }
    }

    @Override
    void scan(Consumer<RecordedEvent> consumer) {
        Cursor<Long, byte[]> cursor = events.cursor(0L);
        while (cursor.hasNext()) {
            cursor.next();
            consumer.accept(view(cursor.getValue()));
        }
    }

    private static RecordedEvent view(byte[] record) {
        return RecordedEvent.view(record, 0);
    }

    @Override
    public void close() {
        store.close();
    }
}
