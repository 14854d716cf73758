package dev.everfold.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.Expected;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Names of streams, types, tags and sources: valid Unicode without NUL, compared byte by byte.
///
/// Leaves open: what typed consumers do with names that begin with `$`; the store keeps them like others.
public abstract class NameConformance extends ConformanceSuite {

    /// Pairs that look or sort alike, hash alike in Java, or mean something to a file system, a shell or a
    /// database.
    private static final List<String> AWKWARD = List.of(
            "caf\u00e9",
            "cafe\u0301",
            "CAF\u00c9",
            "cafe",
            "AaAa",
            "AaBB",
            "BBAa",
            "BBBB",
            "\u7d4c\u6e08",
            "\u0645\u0631\u062d\u0628\u0627",
            "\ud83d\udc1d",
            "\ud83d\udc1d\u200d\ud83d\udc1d",
            "\uff41",
            "\ufb01",
            "fi",
            "\uffff",
            "\ud800\udc00",
            " ",
            "  ",
            "a ",
            " a",
            "a",
            "\t",
            "a\nb",
            "a\rb",
            "\u0001",
            "\u007f",
            "\u0085",
            "\ufeffa",
            "\u202ea",
            ".",
            "..",
            "../a",
            "a/b",
            "a\\b",
            "a:b",
            "*",
            "%",
            "_",
            "a%",
            "a_",
            "a'b",
            "a\"b",
            "a;b",
            "$",
            "$a",
            "$$",
            "a,b",
            "a=b",
            "a|b",
            "a&b",
            "{a}",
            "[a]",
            "(a)",
            "?",
            "#",
            "~",
            "^",
            "null",
            "NULL",
            "true",
            "0",
            "-1",
            "a-b-c",
            "a\u2013b",
            "-",
            "--");

    @Test
    void streams_with_awkward_names_are_kept_apart() {
        for (String name : AWKWARD) {
            append(event(name, "noted"), event("other-1", "noted"));
        }

        assertThat(store.stats().streams()).isEqualTo(AWKWARD.size() + 1);
        for (int i = 0; i < AWKWARD.size(); i++) {
            assertThat(read(Read.stream(AWKWARD.get(i))))
                    .extracting(RecordedEvent::stream)
                    .containsExactly(AWKWARD.get(i));
            assertThat(positions(Read.matching(Query.stream(AWKWARD.get(i))))).containsExactly(2L * i);
        }
    }

    @Test
    void types_with_awkward_names_are_kept_apart() {
        for (String name : AWKWARD) {
            append(event("other-1", name));
        }

        assertThat(store.stats().types())
                .hasSize(AWKWARD.size())
                .allSatisfy((type, count) -> assertThat(count).isEqualTo(1));
        for (int i = 0; i < AWKWARD.size(); i++) {
            assertThat(read(Read.matching(Query.types(AWKWARD.get(i)))))
                    .extracting(RecordedEvent::type)
                    .containsExactly(AWKWARD.get(i));
        }
    }

    @Test
    void tags_with_awkward_names_are_kept_apart() {
        for (String name : AWKWARD) {
            append(event("other-1", "noted", name, "common"));
        }

        for (int i = 0; i < AWKWARD.size(); i++) {
            assertThat(positions(Read.matching(Query.tags(AWKWARD.get(i))))).containsExactly((long) i);
            assertThat(positions(Read.matching(Query.tags("common", AWKWARD.get(i)))))
                    .containsExactly((long) i);
        }
    }

    @Test
    void sources_with_awkward_names_are_kept_apart() {
        for (int i = 0; i < AWKWARD.size(); i++) {
            store.append(Append.track(AWKWARD.get(i), 1_000 - i));
        }

        for (int i = 0; i < AWKWARD.size(); i++) {
            assertThat(store.trackedPosition(AWKWARD.get(i))).hasValue(1_000 - i);
        }
    }

    @Test
    void composed_and_decomposed_letters_are_different_names_for_conditions_too() {
        append(event("caf\u00e9-1", "caf\u00e9", "caf\u00e9"));

        Appended stream =
                store.append(Append.of(event("cafe\u0301-1", "noted")).expecting("cafe\u0301-1", Expected.noStream()));
        Appended query = store.append(Append.of(event("other-1", "noted"))
                .unless(Query.types("cafe\u0301").or(Query.tags("cafe\u0301")), 0));

        assertThat(stream.revisions()).containsExactly(0L);
        assertThat(query.fromPosition()).isEqualTo(2);
        assertThat(positions(Read.matching(Query.category("caf\u00e9")))).containsExactly(0L);
        assertThat(positions(Read.matching(Query.category("cafe\u0301")))).containsExactly(1L);
    }

    @Test
    void only_the_plain_dash_ends_a_category() {
        append(event("order\u201317", "noted"), event("order-17", "noted"), event("order\u221217", "noted"));

        assertThat(positions(Read.matching(Query.category("order")))).containsExactly(1L);
        assertThat(positions(Read.matching(Query.category("order\u201317")))).containsExactly(0L);
    }

    @Test
    void names_as_long_as_the_limit_are_kept_and_compared_to_their_last_byte() {
        String stem = "\u20ac".repeat(341);
        append(event(stem + "a", stem + "a", stem + "a"), event(stem + "b", stem + "b", stem + "b"));
        store.append(Append.track(stem + "a", 1));

        assertThat(positions(Read.stream(stem + "b"))).containsExactly(1L);
        assertThat(positions(Read.matching(Query.types(stem + "a")))).containsExactly(0L);
        assertThat(positions(Read.matching(Query.tags(stem + "b")))).containsExactly(1L);
        assertThat(positions(Read.matching(Query.category(stem + "a")))).containsExactly(0L);
        assertThat(store.trackedPosition(stem + "a")).hasValue(1);
        assertThat(store.trackedPosition(stem + "b")).isEmpty();
    }

    @Test
    void names_of_the_system_are_stored_like_others() {
        append(event("$settings", "$changed", "$tag"), event("order-17", "$changed"), event("$settings", "changed"));
        store.append(Append.of(event("$settings", "$changed"))
                .expecting("$settings", Expected.revision(1))
                .tracking("$source", 1));

        assertThat(positions(Read.stream("$settings"))).containsExactly(0L, 2L, 3L);
        assertThat(positions(Read.matching(Query.types("$changed")))).containsExactly(0L, 1L, 3L);
        assertThat(positions(Read.matching(Query.category("$settings")))).containsExactly(0L, 2L, 3L);
        assertThat(positions(Read.all())).containsExactly(0L, 1L, 2L, 3L);
        assertThat(positions(Read.matching(Query.firstOfStream()))).containsExactly(0L, 1L);
        assertThat(store.trackedPosition("$source")).hasValue(1);
    }

    @Test
    void a_name_with_nul_is_refused_before_it_reaches_the_store() {
        assertThatThrownBy(() -> append(event("order\0-17", "noted")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The stream holds NUL at index 5; expected a name without NUL.");
        assertThatThrownBy(() -> append(event("order-17", "\0")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The event type holds NUL at index 0; expected a name without NUL.");
        assertThatThrownBy(() -> append(event("order-17", "noted", "tag\0")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The tag holds NUL at index 3; expected a name without NUL.");
        assertThatThrownBy(() -> store.append(Append.track("\0", 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The tracking source holds NUL at index 0; expected a name without NUL.");
        assertThat(store.nextPosition()).isZero();
    }

    @Test
    void half_a_character_is_refused_before_it_reaches_the_store() {
        assertThatThrownBy(() -> append(event("order-\ud83d", "noted")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The stream holds an unpaired surrogate at index 6; expected valid Unicode.");
        assertThatThrownBy(() -> append(event("order-17", "\udc1d\ud83d")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The event type holds an unpaired surrogate at index 0; expected valid Unicode.");
        assertThatThrownBy(() -> store.read(Read.stream("\ud83da")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The stream holds an unpaired surrogate at index 0; expected valid Unicode.");
        assertThat(store.nextPosition()).isZero();
    }

    @Test
    void an_empty_name_is_refused_before_it_reaches_the_store() {
        assertThatThrownBy(() -> append(event("", "noted")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The stream is empty; expected at least one character.");
        assertThatThrownBy(() -> store.read(Read.matching(Query.tags(""))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The tag is empty; expected at least one character.");
        assertThat(store.nextPosition()).isZero();
    }
}
