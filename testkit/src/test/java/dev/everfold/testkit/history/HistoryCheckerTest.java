package dev.everfold.testkit.history;

import static dev.everfold.testkit.history.Story.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.Expected;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HistoryCheckerTest {

    static List<BadHistory> badHistories() {
        return Stream.concat(BadAppends.all(), BadReads.all()).toList();
    }

    @ParameterizedTest
    @MethodSource("badHistories")
    void a_history_that_no_correct_store_gives_is_found(BadHistory history) {
        assertThat(history.brokenRules()).contains(history.rule());
    }

    @Test
    void every_rule_is_broken_by_some_bad_history() {
        Set<Rule> broken = badHistories().stream().map(BadHistory::rule).collect(Collectors.toSet());

        assertThat(broken).containsExactlyInAnyOrderElementsOf(EnumSet.allOf(Rule.class));
        assertThat(badHistories()).extracting(BadHistory::name).doesNotHaveDuplicates();
        System.out.println("bad histories found: " + badHistories().size() + " for " + broken.size() + " rules");
    }

    @Test
    void a_history_of_a_correct_store_passes() {
        Append both = Append.of(event("order-1", "customer:alice"), event("order-2"));
        Append stale = Append.of(event("order-1")).expecting("order-1", Expected.noStream());
        Append boundary = Append.of(event("order-3", "customer:alice"))
                .unless(Query.tags("customer:alice"), 2)
                .tracking("import-1", 7);
        Append lost = Append.of(event("order-9"));
        Append found = Append.of(event("order-4"));
        Story story = new Story()
                .accepted("alice", 0, 10, both)
                .refused("bob", 5, 20, stale, new Finding.LastRevision(0, 0))
                .accepted("carol", 20, 30, boundary)
                .accepted("carol", 31, 32, boundary, new Appended(2, List.of(0L)))
                .refused(
                        "bob",
                        31,
                        32,
                        Append.of(event("order-1"))
                                .unless(Query.tags("customer:alice"), 1)
                                .tracking("import-1", 7),
                        new Finding.Match(0, 2),
                        new Finding.Tracked(7))
                .unknown("dave", 33, lost)
                .unknown("dave", 34, found)
                .accepted("dave", 35, 36, found)
                .read("erin", 40, 41, Read.all(), 4, 0, 1, 2, 3)
                .read(
                        "erin",
                        40,
                        41,
                        Read.matching(Query.tags("customer:alice")).backwards(),
                        4,
                        2,
                        0)
                .tracked("erin", 42, 43, "import-1", 7)
                .tracked("erin", 15, 25, "import-1", -1)
                .next("erin", 44, 45, 4);

        assertThat(story.check()).isEmpty();
    }

    @Test
    void an_answer_that_was_under_way_may_be_either() {
        Append append = Append.of(event("order-1"));
        Story story = new Story()
                .accepted("alice", 0, 10, append)
                .next("bob", 5, 6, 0)
                .next("carol", 5, 6, 1)
                .read("dave", 8, 9, Read.all(), 1, 0);

        assertThat(story.check()).isEmpty();
    }

    @Test
    void what_a_killed_process_left_is_before_everything_after_the_restart() {
        Append old = Append.of(event("order-1"));
        Append young = Append.of(event("order-1"));
        Story story = new Story();
        story.accepted("bob", 5, 6, young);
        Appended late = story.store(old);
        History before = new Story().unknown("alice", 70, old).history();

        List<Violation> violations = HistoryChecker.check(before.followedBy(story.history()), story.log());

        assertThat(late.fromPosition()).isEqualTo(1);
        assertThat(violations).extracting(Violation::rule).containsExactly(Rule.REAL_TIME);
    }

    @Test
    void what_a_killed_process_did_not_store_may_be_stored_by_its_repeat() {
        Append old = Append.of(event("order-1"));
        Append young = Append.of(event("order-1"));
        Story before = new Story().unknown("alice", 70, old);
        Story after =
                new Story().next("bob", 5, 6, 0).accepted("carol", 7, 8, young).accepted("bob", 7, 8, old);

        assertThat(HistoryChecker.check(before.history().followedBy(after.history()), after.log()))
                .isEmpty();
    }

    @Test
    void a_message_names_client_operation_expected_and_found() {
        UUID id = UUID.fromString("018f6d2e-0000-7000-8000-000000000017");
        NewEvent placed = event("order-17");
        NewEvent paid = event("order-17");
        Story story = new Story();
        story.store(placed);
        story.accepted("alice", 0, 1, Append.of(placed, paid).withId(id), new Appended(0, List.of(0L, 1L)));

        assertThat(story.check())
                .extracting(Violation::message)
                .containsExactly(
                        "ALL_OR_NONE: alice, call 0 (append 018f6d2e-0000-7000-8000-000000000017 of 2 events): "
                                + "expected all 2 events or none; found its events at positions [[0], []].");
    }

    @Test
    void a_history_that_uses_an_id_twice_cannot_be_checked() {
        NewEvent placed = event("order-17");
        Story story = new Story().accepted("alice", 0, 1, Append.of(placed)).accepted("bob", 2, 3, Append.of(placed));

        assertThatThrownBy(story::check)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The history cannot be checked: event " + placed.id() + " was given more than once;"
                        + " expected ids that are never used for anything else.");
    }
}
