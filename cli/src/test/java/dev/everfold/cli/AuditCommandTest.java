package dev.everfold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventsourcing.codec.EventMetadata;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.NewEvent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditCommandTest {

    private static final EventMetadata NONE = EventMetadata.none();

    @TempDir
    Path folder;

    String store = "";

    @BeforeEach
    void fillStore() {
        store = "log:" + folder.resolve("store");
        EventMetadata ofOrder = NONE.withActor("alice").withCorrelation(id(99));
        append(
                event(
                                0,
                                "account-17",
                                "account.charged",
                                ofOrder.withReason("order 17").withCommand(id(77)),
                                "01T09:30:01Z")
                        .occurredAt(Instant.parse("2026-03-01T09:30:00Z")),
                event(1, "account-17", "account.charged", ofOrder.withCausation(id(0)), "01T09:30:02.5Z"),
                event(
                        2,
                        "account-17",
                        "account.refunded",
                        NONE.withActor("bob")
                                .withReason("charged \"twice\", sorry")
                                .withCausation(id(88))
                                .withCompensates(id(1)),
                        "02T10:00:00Z"),
                NewEvent.of("file-a", "FileAdded", "{}")
                        .withId(id(3))
                        .recordedAt(Instant.parse("2026-03-03T00:00:00Z"))
                        .withMetadata(bytes("{\"source\":\"/repository\",\"actor\":\"author-001\","
                                + "\"correlationid\":\"6e21\",\"causationid\":\"commit 7\"}")));
    }

    @Test
    void a_table_says_who_did_what_when_and_why() {
        assertThat(audit().outLines())
                .containsExactly(
                        "position  recorded              occurred              actor       type              stream    "
                                + "  links                               reason",
                        "       0  2026-03-01T09:30:01Z  2026-03-01T09:30:00Z  alice       account.charged   account-17"
                                + "                                      order 17",
                        "       1  2026-03-01T09:30:02Z                        alice       account.charged   account-17"
                                + "  caused by 0, compensated by 2",
                        "       2  2026-03-02T10:00:00Z                        bob         account.refunded  account-17"
                                + "  caused by 00000000…, compensates 1  charged \"twice\"…",
                        "       3  2026-03-03T00:00:00Z                        author-001  FileAdded         file-a    "
                                + "  caused by commit 7");
    }

    @Test
    void ndjson_says_all_that_is_known_and_leaves_out_what_is_not() {
        assertThat(audit("--format", "ndjson").outLines())
                .containsExactly(
                        "{\"position\":0,\"recorded\":\"2026-03-01T09:30:01Z\","
                                + "\"occurred\":\"2026-03-01T09:30:00Z\",\"actor\":\"alice\",\"reason\":\"order 17\","
                                + "\"stream\":\"account-17\",\"revision\":0,\"type\":\"account.charged\",\"id\":\""
                                + id(0) + "\",\"correlation\":\"" + id(99) + "\",\"command\":\"" + id(77) + "\"}",
                        "{\"position\":1,\"recorded\":\"2026-03-01T09:30:02.500Z\",\"actor\":\"alice\","
                                + "\"stream\":\"account-17\",\"revision\":1,\"type\":\"account.charged\",\"id\":\""
                                + id(1) + "\",\"correlation\":\"" + id(99) + "\",\"causation\":{\"id\":\"" + id(0)
                                + "\",\"position\":0,\"stream\":\"account-17\",\"type\":\"account.charged\"},"
                                + "\"compensatedBy\":[{\"id\":\"" + id(2) + "\",\"position\":2,"
                                + "\"stream\":\"account-17\",\"type\":\"account.refunded\"}],\"compensations\":1}",
                        "{\"position\":2,\"recorded\":\"2026-03-02T10:00:00Z\",\"actor\":\"bob\","
                                + "\"reason\":\"charged \\\"twice\\\", sorry\","
                                + "\"stream\":\"account-17\",\"revision\":2,\"type\":\"account.refunded\",\"id\":\""
                                + id(2) + "\",\"causation\":{\"id\":\"" + id(88) + "\"},\"compensates\":{\"id\":\""
                                + id(1) + "\",\"position\":1,\"stream\":\"account-17\",\"type\":\"account.charged\"}}",
                        "{\"position\":3,\"recorded\":\"2026-03-03T00:00:00Z\",\"actor\":\"author-001\","
                                + "\"stream\":\"file-a\",\"revision\":0,\"type\":\"FileAdded\",\"id\":\"" + id(3)
                                + "\",\"correlation\":\"6e21\",\"causation\":{\"id\":\"commit 7\"}}");
    }

    @Test
    void csv_has_a_heading_and_a_record_an_event() {
        assertThat(audit("--format", "csv", "--stream", "account-17").out())
                .isEqualTo("position,recorded,occurred,actor,reason,stream,revision,type,id,correlation,command,"
                        + "causation,causationPosition,causationType,compensates,compensatesPosition,compensatesType,"
                        + "compensatedBy,compensatedByPosition,compensations\r\n"
                        + "0,2026-03-01T09:30:01Z,2026-03-01T09:30:00Z,alice,order 17,account-17,0,account.charged,"
                        + id(0) + "," + id(99) + "," + id(77) + ",,,,,,,,,0\r\n"
                        + "1,2026-03-01T09:30:02.500Z,,alice,,account-17,1,account.charged," + id(1) + "," + id(99)
                        + ",," + id(0) + ",0,account.charged,,,," + id(2) + ",2,1\r\n"
                        + "2,2026-03-02T10:00:00Z,,bob,\"charged \"\"twice\"\", sorry\",account-17,2,account.refunded,"
                        + id(2) + ",,," + id(88) + ",,," + id(1) + ",1,account.charged,,,0\r\n");
    }

    @Test
    void csv_of_nothing_is_its_heading() {
        assertThat(audit("--format", "csv", "--actor", "nobody").outLines()).hasSize(1);
    }

    @Test
    void only_what_one_actor_did_is_shown_and_counted() {
        assertThat(positions("--actor", "alice")).containsExactly(0, 1);
        assertThat(positions("--actor", "author-001")).containsExactly(3);
        assertThat(positions("--actor", "Alice")).isEmpty();
        assertThat(positions("--actor", "bob", "--limit", "1")).containsExactly(2);
        assertThat(positions("--actor", "alice", "--limit", "1", "--backwards")).containsExactly(1);
    }

    @Test
    void recorded_times_are_a_half_open_range() {
        assertThat(positions("--from", "2026-03-01T09:30:02.5Z")).containsExactly(1, 2, 3);
        assertThat(positions("--from", "2026-03-01T09:30:02.500001Z")).containsExactly(2, 3);
        assertThat(positions("--to", "2026-03-02T10:00:00Z")).containsExactly(0, 1);
        assertThat(positions("--to", "2026-03-02T11:00:00.000001+01:00")).containsExactly(0, 1, 2);
        assertThat(positions("--from", "2026-03-01T09:30:02.5Z", "--to", "2026-03-02T10:00:00Z"))
                .containsExactly(1);
        assertThat(positions("--from", "2026-03-02T10:00:00Z", "--to", "2026-03-02T10:00:00Z"))
                .isEmpty();
        assertThat(positions("--from", "9999-01-01T00:00:00Z")).isEmpty();
    }

    @Test
    void it_selects_as_every_command_that_reads() {
        assertThat(positions("--category", "file")).containsExactly(3);
        assertThat(positions("--type", "account.refunded", "--type", "FileAdded"))
                .containsExactly(2, 3);
        assertThat(positions("--tag", "$correlation:" + id(99))).containsExactly(0, 1);
        assertThat(positions("--as-of", "2026-03-01T09:30:00Z")).containsExactly(0);
        assertThat(positions("--known-at", "2026-03-01T09:30:02.5Z", "--from", "2026-03-01T09:30:02Z"))
                .containsExactly(1);
    }

    @Test
    void links_reach_beyond_what_is_selected() {
        String charge = audit("--format", "ndjson", "--to", "2026-03-01T10:00:00Z")
                .outLines()
                .getLast();

        assertThat(charge).contains("\"compensatedBy\":[{\"id\":\"" + id(2) + "\",\"position\":2,");
    }

    @Test
    void every_event_is_linked_however_many_there_are() {
        List<NewEvent> more = new ArrayList<>();
        for (int n = 4; n < 1_004; n++) {
            // 101 events compensate event 0, the others the one before.
            EventMetadata metadata = NONE.withCausation(id(n - 4)).withCompensates(id(n < 105 ? 0 : n - 1));
            more.add(event(n, "account-18", "account.refunded", metadata, "04T00:00:00Z"));
        }
        append(more.toArray(NewEvent[]::new));

        List<String> lines = audit("--format", "ndjson").outLines();

        assertThat(lines).hasSize(1_004);
        assertThat(lines.getFirst())
                .endsWith("\"position\":103,\"stream\":\"account-18\","
                        + "\"type\":\"account.refunded\"}],\"compensations\":101}");
        for (int n = 105; n < 1_003; n++) {
            assertThat(lines.get(n))
                    .contains("\"causation\":{\"id\":\"" + id(n - 4) + "\",\"position\":" + (n - 4) + ",")
                    .contains("\"compensates\":{\"id\":\"" + id(n - 1) + "\",\"position\":" + (n - 1) + ",")
                    .contains("\"compensatedBy\":[{\"id\":\"" + id(n + 1) + "\",\"position\":" + (n + 1) + ",")
                    .endsWith("\"compensations\":1}");
        }
    }

    @Test
    void a_cell_of_csv_is_never_a_formula_and_never_ends_a_line() {
        append(event(
                4,
                "account-19",
                "@SUM(A1)",
                NONE.withActor("=cmd|' /C calc'!A0").withReason("+1\r\n-2"),
                "04T00:00:00Z"));

        assertThat(audit("--format", "csv", "--stream", "account-19").outLines().getLast())
                .startsWith("4,2026-03-04T00:00:00Z,,'=cmd|' /C calc'!A0,'+1\\r\\n-2,account-19,0,'@SUM(A1),");
    }

    @Test
    void what_metadata_holds_cannot_steer_the_terminal() {
        append(event(4, "evil", "evil", NONE.withActor("\u001b[2J").withReason("\u202e\u009b"), "04T00:00:00Z"));

        String out = audit().out();

        assertThat(out).contains("\\u001b[2J", "\\u202e\\u009b");
        assertThat(out.replace("\n", "")).matches("\\P{Cntrl}*");
    }

    @Test
    void metadata_of_other_writers_is_no_error() {
        for (String metadata : new String[] {"", "not json", "[1]", "{\"actor\":{\"name\":\"eve\"}}", "{\"actor\":"}) {
            append(NewEvent.of("other", "Other", "{}").withMetadata(bytes(metadata)));
        }

        CommandLineRun run = audit("--stream", "other", "--format", "ndjson");

        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.outLines()).hasSize(5);
        assertThat(run.out()).containsOnlyOnce("\"actor\":\"{\\\"name\\\":\\\"eve\\\"}\"");
    }

    @Test
    void malformed_metadata_of_our_own_is_told_and_does_not_end_the_audit() {
        append(NewEvent.of("bad", "Bad", "{}").withMetadata(bytes("{\"$actor\":\"eve\",\"$causation\":\"7\"}")));

        CommandLineRun run = audit("--actor", "alice", "--format", "ndjson");

        assertThat(run.exitCode()).isZero();
        assertThat(run.outLines()).hasSize(2);
        assertThat(run.err())
                .isEqualTo("everfold: the metadata of 1 event is malformed, at position 4; who, why and what led to it"
                        + " are not known there. Look at it with everfold read --from 4.\n");
    }

    @Test
    void a_range_that_ends_before_it_begins_is_a_misuse() {
        CommandLineRun run = audit("--from", "2026-03-02T00:00:00Z", "--to", "2026-03-01T00:00:00Z");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err())
                .isEqualTo("everfold: --to 2026-03-01T00:00:00Z lies before --from 2026-03-02T00:00:00Z; expected a"
                        + " range that does not end before it begins. Correct one of them.\n");
    }

    @Test
    void a_stream_that_is_not_there_is_an_error_and_an_actor_who_did_nothing_is_none() {
        assertThat(audit("--stream", "account-71").exitCode()).isEqualTo(1);
        assertThat(audit("--stream", "account-17", "--actor", "nobody").exitCode())
                .isZero();
    }

    private CommandLineRun audit(String... more) {
        List<String> args = new ArrayList<>(List.of("audit", "--store", store));
        args.addAll(List.of(more));
        return CommandLineRun.of(args.toArray(String[]::new));
    }

    private List<Integer> positions(String... more) {
        List<String> args = new ArrayList<>(List.of("--format", "csv"));
        args.addAll(List.of(more));
        CommandLineRun run = audit(args.toArray(String[]::new));
        assertThat(run.exitCode()).as(run.err()).isZero();
        return run.outLines().stream()
                .skip(1)
                .map(line -> Integer.valueOf(line.substring(0, line.indexOf(','))))
                .toList();
    }

    private void append(NewEvent... events) {
        try (EventStore opened = EventStores.open(store)) {
            for (int at = 0; at < events.length; at += 500) {
                opened.append(Append.of(List.of(events).subList(at, Math.min(at + 500, events.length))));
            }
        }
    }

    private static NewEvent event(int number, String stream, String type, EventMetadata metadata, String recorded) {
        return NewEvent.of(stream, type, "{}")
                .withId(id(number))
                .withMetadata(metadata.encode())
                .withTags(metadata.tags())
                .recordedAt(Instant.parse("2026-03-" + recorded));
    }

    private static UUID id(int number) {
        return new UUID(0x4000L, 0x8000_0000_0000_0000L | number);
    }

    private static Bytes bytes(String text) {
        return Bytes.of(text.getBytes(StandardCharsets.UTF_8));
    }
}
