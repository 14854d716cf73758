package dev.everfold.benchmarks.peers;

import dev.everfold.eventstore.RecordedEvent;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.LRUCache;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/// RocksDB: one column family for events, one for entries and for how many events each stream has.
final class RocksStore extends IndexedStore {

    static final String SETTINGS = "one synced WriteBatch a commit; LZ4, memtables of 64 MiB, block cache of 256 MiB,"
            + " bloom filters of 10 bits, 4 recycled log files";

    private static final byte HEAD = 0;
    private static final int GET_MAX = 256;

    private final DBOptions options = new DBOptions()
            .setCreateIfMissing(true)
            .setCreateMissingColumnFamilies(true)
            .setRecycleLogFileNum(4)
            .setMaxBackgroundJobs(2);
    private final LRUCache cache = new LRUCache(256L << 20);
    private final ColumnFamilyOptions familyOptions = new ColumnFamilyOptions()
            .setWriteBufferSize(64L << 20)
            .setCompressionType(CompressionType.LZ4_COMPRESSION)
            .setTableFormatConfig(
                    new BlockBasedTableConfig().setBlockCache(cache).setFilterPolicy(new BloomFilter(10)));
    private final WriteOptions synced = new WriteOptions().setSync(true);
    private final WriteBatch batch = new WriteBatch();
    private final RocksDB database;
    private final ColumnFamilyHandle events;
    private final ColumnFamilyHandle entries;

    RocksStore(Path folder) throws Exception {
        Files.createDirectories(folder);
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        database = RocksDB.open(
                options,
                folder.toString(),
                List.of(
                        new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, familyOptions),
                        new ColumnFamilyDescriptor("entries".getBytes(StandardCharsets.UTF_8), familyOptions)),
                handles);
        events = handles.get(0);
        entries = handles.get(1);
        try (RocksIterator last = database.newIterator(events)) {
            last.seekToLast();
            begin(last.isValid() ? number(last.key()) + 1 : 0);
        }
    }

    @Override
    long storedHead(long stream) throws RocksDBException {
        byte[] head = database.get(entries, key(HEAD, stream, 0));
        return head == null ? 0 : number(head);
    }

    @Override
    void put(long position, long revision, PeerAppend.Event event) throws RocksDBException {
        byte[] at = bytes(position);
        byte[] nothing = new byte[0];
        batch.put(events, at, event.record());
        batch.put(entries, key(STREAM, event.stream(), revision), at);
        batch.put(entries, key(TYPE, event.type(), position), nothing);
        batch.put(entries, key(TAG, event.tag(), position), nothing);
    }

    @Override
    void commit(Map<Long, Long> changedHeads) throws RocksDBException {
        for (Map.Entry<Long, Long> head : changedHeads.entrySet()) {
            batch.put(entries, key(HEAD, head.getKey(), 0), bytes(head.getValue()));
        }
        database.write(synced, batch);
        batch.clear();
    }

    @Override
    void readStream(long stream, Consumer<RecordedEvent> consumer) throws RocksDBException {
        List<byte[]> positions = new ArrayList<>();
        try (RocksIterator iterator = database.newIterator(entries)) {
            for (iterator.seek(key(STREAM, stream, 0)); iterator.isValid(); iterator.next()) {
                ByteBuffer key = ByteBuffer.wrap(iterator.key());
                if (key.get() != STREAM || key.getLong() != stream) {
                    break;
                }
                positions.add(iterator.value());
                if (positions.size() == GET_MAX) {
                    get(positions, consumer);
                }
            }
        }
        if (!positions.isEmpty()) {
            get(positions, consumer);
        }
    }

    private void get(List<byte[]> positions, Consumer<RecordedEvent> consumer) throws RocksDBException {
        for (byte[] record : database.multiGetAsList(positions)) {
            consumer.accept(RecordedEvent.view(record, 0));
        }
        positions.clear();
    }

    @Override
    void scan(Consumer<RecordedEvent> consumer) {
        try (RocksIterator iterator = database.newIterator(events)) {
            for (iterator.seekToFirst(); iterator.isValid(); iterator.next()) {
                consumer.accept(RecordedEvent.view(iterator.value(), 0));
            }
        }
    }

    @Override
    public void close() {
        events.close();
        entries.close();
        database.close();
        batch.close();
        synced.close();
        familyOptions.close();
        cache.close();
        options.close();
    }

    private static byte[] bytes(long number) {
        return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    }

    private static long number(byte[] bytes) {
        return ByteBuffer.wrap(bytes).getLong();
    }
}
