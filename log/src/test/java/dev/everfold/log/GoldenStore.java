package dev.everfold.log;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendCondition;
import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Expected;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.log.segment.StoreFile;
import dev.everfold.log.simulation.SimulatedDisk;
import dev.everfold.testkit.MutableClock;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.UUID;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/// Makes the store that is kept in `src/test/resources/golden`: the same bytes each time, as long as the
/// format is the same.
///
/// Clock, ids and the order of background work are fixed. Three sessions, so that there are several sealed
/// segments, an open one and several runs.
final class GoldenStore {

    /// What a store of this kind was asked to remember.
    static final List<String> SOURCES = List.of("billing", "lager-ü");

    private static final UUID STORE = UUID.fromString("5d1c0f3a-0000-4000-8000-00000000901d");
    private static final UUID LINEAGE = UUID.fromString("5d1c0f3a-0000-4000-8000-000000001ea6");
    private static final int SESSIONS = 3;
    private static final int ALIKE_FOR_EACH_KIND = 4;

    private GoldenStore() {}

    /// The files of the store, by name.
    static Map<String, byte[]> make() throws IOException {
        SimulatedDisk disk = new SimulatedDisk();
        StoreFile.create(STORE, LINEAGE).writeNew(disk);
        MutableClock clock = Stores.clock();
        List<Append> appends = appends();
        for (int session = 0; session < SESSIONS; session++) {
            int from = appends.size() * session / SESSIONS;
            int to = appends.size() * (session + 1) / SESSIONS;
            try (LogEventStore store = Stores.open(disk, clock, session)) {
                for (Append append : appends.subList(from, to)) {
                    clock.advance(Duration.ofMillis(1_500));
                    store.append(append);
                    Stores.settle(store, append);
                }
            }
        }
        return disk.files();
    }

    /// Everything that is appended: one of each kind, among many that are alike.
    static List<Append> appends() {
        List<Append> kinds = kinds();
        List<Append> appends = new ArrayList<>();
        for (int number = 0; number < ALIKE_FOR_EACH_KIND * kinds.size(); number++) {
            appends.add(Append.of(event(number, "order-" + number % 4, "order.placed", "{\"number\":" + number + "}")
                    .withTags("customer:" + number % 5, "region:north")));
            if (number % ALIKE_FOR_EACH_KIND == ALIKE_FOR_EACH_KIND - 1) {
                appends.add(kinds.get(number / ALIKE_FOR_EACH_KIND));
            }
        }
        List<Append> identified = new ArrayList<>();
        for (Append append : appends) {
            identified.add(append.withId(new UUID(0x0a77_e17d_0000_4000L, Long.MIN_VALUE + identified.size())));
        }
        return identified;
    }

    private static List<Append> kinds() {
        byte[] everyByte = new byte[256];
        for (int value = 0; value < everyByte.length; value++) {
            everyByte[value] = (byte) value;
        }
        return List.of(
                Append.of(event(901, "bestellung-ä€😀", "größe geändert", "{\"größe\":\"42 €\"}")
                        .withTags("käufer:zoë", "標籤", "order:1")),
                Append.of(event(902, "order-1", "picture", "").withContent(NewEvent.BINARY, Bytes.of(everyByte))),
                Append.of(event(903, "order-1", "note", "").withContent("text/plain; charset=utf-8", Bytes.utf8("hé"))),
                Append.of(event(904, "order-2", "nothing", "").withContent(NewEvent.JSON, Bytes.empty())),
                Append.of(event(905, "order-2", "about", "[1, 2]").withMetadata(Bytes.utf8("{\"source\":\"/shop\"}"))),
                Append.of(
                        event(906, "order-2", "opaque", "null").withMetadata(Bytes.of(new byte[] {0, -1, 127, -128}))),
                Append.of(event(907, "order-3", "long ago", "1")
                        .occurredAt(Instant.parse("1969-07-20T20:17:40.000001Z"))),
                Append.of(event(908, "order-3", "large", "\"" + "x".repeat(9_000) + "\"")),
                Append.of(
                                event(909, "pair-1", "first", "1").withTags("pair"),
                                event(910, "pair-2", "second", "2").withTags("pair"),
                                event(911, "pair-1", "third", "3"))
                        .tracking("billing", 41)
                        .expecting("pair-1", Expected.noStream()),
                Append.of(event(900, "plain", "x", "{}")).tracking("lager-ü", 7),
                Append.track("billing", 42),
                Append.check(new AppendCondition.StreamAt("nowhere", Expected.noStream())),
                Append.of(event(912, "order-0", "copied", "{}").recordedAt(Instant.parse("2026-03-01T12:02:00Z"))));
    }

    private static NewEvent event(int number, String stream, String type, String json) {
        return NewEvent.of(stream, type, json).withId(new UUID(0x0e7e_1700_0000_7000L, Long.MIN_VALUE + number));
    }

    /// What the store holds, a line for each event, tracked position and remembered append.
    static String text(EventStore store) {
        StringJoiner lines = new StringJoiner("\n", "", "\n");
        lines.add("lineage " + store.lineage());
        for (RecordedEvent event : store.read(Read.all()).toList()) {
            lines.add(text(event));
        }
        for (String source : SOURCES) {
            lines.add("tracked " + source + " " + store.trackedPosition(source).orElse(-1));
        }
        for (Append append : appends()) {
            lines.add("append " + append.id() + " " + store.append(append));
        }
        return lines.toString();
    }

    private static String text(RecordedEvent event) {
        return "event position=" + event.position() + " revision=" + event.revision() + " recorded="
                + event.recorded() + " occurred="
                + event.occurred().map(Instant::toString).orElse("none") + " id="
                + event.id() + " stream=" + event.stream() + " type=" + event.type() + " contentType="
                + event.contentType() + " tags=" + event.tags() + " metadata="
                + text(event.metadata()) + " data="
                + text(event.data());
    }

    /// Printable ASCII as it is, everything else in hexadecimal.
    private static String text(Bytes bytes) {
        String latin = new String(bytes.toArray(), StandardCharsets.ISO_8859_1);
        return latin.chars().allMatch(c -> c >= 0x20 && c < 0x7f)
                ? "'" + latin + "'"
                : "0x" + HexFormat.of().formatHex(bytes.toArray());
    }

    /// Writes files as a ZIP archive: most of an open segment is zeros.
    static void pack(Map<String, byte[]> files, OutputStream target) throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(target)) {
            for (Map.Entry<String, byte[]> file : new TreeMap<>(files).entrySet()) {
                ZipEntry entry = new ZipEntry(file.getKey());
                entry.setTime(0);
                zip.putNextEntry(entry);
                zip.write(file.getValue());
            }
        }
    }

    /// Reads what [#pack] wrote.
    static Map<String, byte[]> unpack(InputStream source) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        try (ZipInputStream zip = new ZipInputStream(source)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                files.put(entry.getName(), zip.readAllBytes());
            }
        }
        return files;
    }
}
