package dev.everfold.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.EventFormat;
import dev.everfold.eventstore.Expected;
import dev.everfold.eventstore.LimitExceededException;
import dev.everfold.eventstore.Limits;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Query.Item;
import dev.everfold.eventstore.Read;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/// Every limit: exactly reached it is accepted; one above, or far above, it is refused and named.
///
/// Leaves open: which of several exceeded limits is told; limits beyond [Limits], such as the room on a
/// disk.
public abstract class LimitsConformance extends ConformanceSuite {

    private static final int EVENT_BYTES = 1_024;
    private static final int METADATA_BYTES = 100;
    private static final int APPEND_BYTES = 2_048;
    private static final int EVENTS = 3;
    private static final int NAME_BYTES = 30;
    private static final int TAGS = 3;
    private static final int CONDITIONS = 3;
    private static final int QUERY_TERMS = 6;

    @Override
    protected Limits limits() {
        return new Limits(
                EVENT_BYTES, METADATA_BYTES, APPEND_BYTES, EVENTS, NAME_BYTES, TAGS, CONDITIONS, QUERY_TERMS, 10);
    }

    @Test
    void the_store_says_what_it_was_opened_with() {
        assertThat(store.limits()).isEqualTo(limits());
    }

    @Test
    void bytes_of_an_event() {
        append(sized(EVENT_BYTES));

        assertRefused(
                Append.of(sized(EVENT_BYTES + 8)),
                "eventBytesMax",
                "Event \"stored\" has 1032 bytes; "
                        + "the limit is 1024 (Limits.eventBytesMax). Store large data elsewhere and append a link.");
        assertThat(refused(LimitExceededException.class, Append.of(sized(1 << 20)))
                        .limit())
                .isEqualTo("eventBytesMax");
        assertThat(log()).hasSize(1);
    }

    @Test
    void bytes_of_metadata() {
        append(event("file-1", "stored").withMetadata(Bytes.of(new byte[METADATA_BYTES])));

        NewEvent above = event("file-1", "stored").withMetadata(Bytes.of(new byte[METADATA_BYTES + 1]));
        assertRefused(
                Append.of(above),
                "metadataBytesMax",
                "Metadata of event \"stored\" has 101 bytes; "
                        + "the limit is 100 (Limits.metadataBytesMax). Store large data elsewhere and append a link.");
        assertThat(log()).hasSize(1);
    }

    @Test
    void bytes_of_an_append() {
        append(sized(EVENT_BYTES), sized(EVENT_BYTES));

        Append above = Append.of(sized(EVENT_BYTES), sized(EVENT_BYTES - 128), sized(136));
        assertRefused(
                above,
                "appendBytesMax",
                "Append has 2056 bytes; the limit is 2048 (Limits.appendBytesMax). " + "Append in several steps.");
        assertThat(log()).hasSize(2);
    }

    @Test
    void events_of_an_append() {
        append(events(EVENTS));

        assertRefused(
                Append.of(events(EVENTS + 1)),
                "appendEventsMax",
                "Append has 4 events; " + "the limit is 3 (Limits.appendEventsMax). Append in several steps.");
        assertRefused(
                Append.of(events(10_000)),
                "appendEventsMax",
                "Append has 10000 events; " + "the limit is 3 (Limits.appendEventsMax). Append in several steps.");
        assertThat(log()).hasSize(3);
    }

    @Test
    void bytes_of_each_name_of_an_event() {
        String longest = "n".repeat(NAME_BYTES);
        String above = longest + "n";
        append(event(longest, longest, longest).withContent(longest, Bytes.empty()));

        assertRefused(Append.of(event(above, "noted")), "nameBytesMax", nameTooLong("Stream"));
        assertRefused(Append.of(event("file-1", above)), "nameBytesMax", nameTooLong("Event type"));
        assertRefused(Append.of(event("file-1", "noted", "a", above)), "nameBytesMax", nameTooLong("Tag"));
        assertRefused(
                Append.of(event("file-1", "noted").withContent(above, Bytes.empty())),
                "nameBytesMax",
                nameTooLong("Content type"));
        assertThat(log()).hasSize(1);
    }

    @Test
    void names_are_measured_in_bytes_of_utf_8() {
        append(event("\u20ac".repeat(10), "\u00e9".repeat(15), "\ud83d\udc1d".repeat(7)));

        assertRefused(
                Append.of(event("\u20ac".repeat(10) + "x", "noted")),
                "nameBytesMax",
                "Stream \"" + "\u20ac".repeat(10)
                        + "x\" has 31 bytes; the limit is 30 (Limits.nameBytesMax). Shorten it.");
        assertRefused(
                Append.of(event("file-1", "noted", "\ud83d\udc1d".repeat(8))),
                "nameBytesMax",
                "Tag \"" + "\ud83d\udc1d".repeat(8)
                        + "\" has 32 bytes; the limit is 30 (Limits.nameBytesMax). Shorten it.");
        assertThat(log()).hasSize(1);
    }

    @Test
    void a_very_long_name_is_not_repeated_in_the_message() {
        assertRefused(
                Append.of(event("s".repeat(100_000), "noted")),
                "nameBytesMax",
                "Stream \"" + "s".repeat(20)
                        + "\u2026\" has 100000 bytes; the limit is 30 (Limits.nameBytesMax). Shorten it.");
    }

    @Test
    void bytes_of_the_name_of_a_source() {
        store.append(Append.track("n".repeat(NAME_BYTES), 1));

        assertRefused(Append.track("n".repeat(NAME_BYTES + 1), 1), "nameBytesMax", nameTooLong("Tracking source"));
    }

    @Test
    void bytes_of_each_name_of_a_condition() {
        String longest = "n".repeat(NAME_BYTES);
        String above = longest + "n";
        Append guarded = Append.of(event("file-1", "noted"));
        store.append(guarded.expecting(longest, Expected.noStream())
                .unless(Query.of(new Item().withStream(longest).withCategory(longest)), 0)
                .unless(Query.of(new Item().withTypes(longest).withTags(longest)), 0));

        Append fresh = guarded.withId(new UUID(17, 3));
        assertRefused(fresh.expecting(above, Expected.any()), "nameBytesMax", nameTooLong("Stream"));
        assertRefused(fresh.unless(Query.stream(above), 0), "nameBytesMax", nameTooLong("Stream"));
        assertRefused(fresh.unless(Query.category(above), 0), "nameBytesMax", nameTooLong("Category"));
        assertRefused(fresh.unless(Query.types("a", above), 0), "nameBytesMax", nameTooLong("Event type"));
        assertRefused(fresh.unless(Query.tags(above, "a"), 0), "nameBytesMax", nameTooLong("Tag"));
        assertThat(log()).hasSize(1);
    }

    @Test
    void bytes_of_each_name_of_a_read() {
        String longest = "n".repeat(NAME_BYTES);
        String above = longest + "n";
        append(event(longest, longest, longest));

        assertThat(positions(Read.stream(longest))).containsExactly(0L);
        assertThat(positions(Read.matching(Query.tags(longest)))).containsExactly(0L);
        assertReadRefused(Read.stream(above), "nameBytesMax", nameTooLong("Stream"));
        assertReadRefused(Read.matching(Query.stream(above)), "nameBytesMax", nameTooLong("Stream"));
        assertReadRefused(Read.matching(Query.category(above)), "nameBytesMax", nameTooLong("Category"));
        assertReadRefused(Read.matching(Query.types(above)), "nameBytesMax", nameTooLong("Event type"));
        assertReadRefused(Read.matching(Query.tags("a", above)), "nameBytesMax", nameTooLong("Tag"));
    }

    @Test
    void tags_of_an_event() {
        append(event("file-1", "noted", "a", "b", "c"), event("file-1", "noted", "a", "b", "a", "c", "b"));

        assertRefused(
                Append.of(event("file-1", "noted", "a", "b", "c", "d")),
                "tagsMax",
                "Event \"noted\" has 4 tags; " + "the limit is 3 (Limits.tagsMax). Use fewer.");
        assertThat(log()).hasSize(2);
    }

    @Test
    void conditions_of_an_append() {
        Append guarded = Append.of(event("file-1", "noted"))
                .expecting("file-1", Expected.any())
                .expecting("file-2", Expected.any())
                .unless(Query.nothing(), 0);
        store.append(guarded);

        Append above = guarded.withId(new UUID(17, 3)).expecting("file-1", Expected.any());
        assertRefused(
                above,
                "conditionsMax",
                "Append has 4 conditions; " + "the limit is 3 (Limits.conditionsMax). Ask for less at once.");
        assertThat(log()).hasSize(1);
    }

    @Test
    void terms_of_a_query() {
        append(event("file-1", "noted", "a"));
        Query reached = Query.of(
                new Item().withTypes("noted", "x"), new Item().withTags("a").withIds(List.of(new UUID(0, 0))));
        Query above = reached.or(Query.all());
        String message = "Query has 7 terms; the limit is 6 (Limits.queryTermsMax). Ask for less at once.";

        assertThat(positions(Read.matching(reached))).containsExactly(0L);
        store.append(Append.of(event("file-1", "noted")).unless(reached, 1));
        assertReadRefused(Read.matching(above), "queryTermsMax", message);
        assertRefused(Append.of(event("file-1", "noted")).unless(above, 2), "queryTermsMax", message);
        assertThat(log()).hasSize(2);
    }

    @Test
    void terms_are_counted_for_each_query_alone() {
        Append guarded = Append.of(event("file-1", "noted"))
                .unless(Query.types("a", "b", "c", "d", "e"), 0)
                .unless(Query.tags("a", "b", "c", "d", "e"), 0);

        assertThat(store.append(guarded).fromPosition()).isZero();
    }

    @Test
    void far_too_many_terms_are_refused() {
        List<UUID> ids = IntStream.range(0, 5_000).mapToObj(i -> new UUID(0, i)).toList();

        assertReadRefused(
                Read.matching(Query.ids(ids)),
                "queryTermsMax",
                "Query has 5001 terms; " + "the limit is 6 (Limits.queryTermsMax). Ask for less at once.");
    }

    @Test
    void an_asynchronous_append_above_a_limit_is_refused_at_once() {
        Append above = Append.of(events(EVENTS + 1));

        assertThatThrownBy(() -> store.appendAsync(above))
                .isInstanceOf(LimitExceededException.class)
                .hasMessage("Append has 4 events; the limit is 3 (Limits.appendEventsMax). Append in several steps.");
        assertThat(store.nextPosition()).isZero();
    }

    @Test
    void an_append_above_a_limit_moves_no_tracking_and_is_not_remembered() {
        Append above = Append.of(events(EVENTS + 1)).tracking("shop", 7);
        refused(LimitExceededException.class, above);

        Append below = Append.of(events(EVENTS)).withId(above.id());

        assertThat(store.trackedPosition("shop")).isEmpty();
        assertThat(store.append(below).fromPosition()).isZero();
    }

    @Test
    void one_event_above_a_limit_refuses_the_whole_append() {
        refused(
                LimitExceededException.class,
                Append.of(event("file-1", "noted"), event("file-1", "noted", "a", "b", "c", "d")));

        assertThat(log()).isEmpty();
    }

    private void assertRefused(Append append, String limit, String message) {
        LimitExceededException refusal = refused(LimitExceededException.class, append);
        assertThat(refusal).hasMessage(message);
        assertThat(refusal.limit()).isEqualTo(limit);
        assertThat(refusal.retryable()).isFalse();
    }

    private void assertReadRefused(Read read, String limit, String message) {
        Executable opening = () -> store.read(read).close();
        LimitExceededException refusal = catchThrowableOfType(LimitExceededException.class, opening::execute);
        assertThat(refusal).as("a read that should be refused").isNotNull();
        assertThat(refusal).hasMessage(message);
        assertThat(refusal.limit()).isEqualTo(limit);
    }

    private static String nameTooLong(String what) {
        return what + " \"" + "n".repeat(NAME_BYTES + 1) + "\" has 31 bytes; the limit is 30 (Limits.nameBytesMax). "
                + "Shorten it.";
    }

    /// An event whose record takes so many bytes, a multiple of 8.
    private static NewEvent sized(int recordBytes) {
        NewEvent empty = event("file-1", "stored").withContent(NewEvent.BINARY, Bytes.empty());
        return empty.withContent(NewEvent.BINARY, Bytes.of(new byte[recordBytes - EventFormat.encodedBytes(empty)]));
    }

    private static NewEvent[] events(int count) {
        return IntStream.range(0, count).mapToObj(i -> event("file-1", "noted")).toArray(NewEvent[]::new);
    }
}
