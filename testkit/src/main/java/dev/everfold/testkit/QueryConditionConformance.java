package dev.everfold.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendCondition.NothingMatching;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.AppendConflictException.Failure.QueryMatched;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.Expected;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.PositionAheadException;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// Dynamic consistency boundaries: an append that is refused when an event matches that its writer did not
/// know.
///
/// The examples are of courses and students: a student subscribes to a course unless the course is full
/// or the student has too many, so that one decision depends on events of both.
///
/// Leaves open: writers at the same time ([ConcurrencyConformance]), several conditions that fail together
/// ([ConflictConformance]), and how a query matches in every detail ([QueryConformance] for reads;
/// [DifferentialConformance] for both).
public abstract class QueryConditionConformance extends ConformanceSuite {

    private static final NewEvent DEFINED = event("course-1", "course.defined", "course:1");
    private static final NewEvent ALICE = event("course-1", "student.subscribed", "course:1", "student:alice");
    private static final NewEvent BOB = event("course-1", "student.subscribed", "course:1", "student:bob");

    @Test
    void from_position_0_it_means_nowhere_in_the_log() {
        Append claim = Append.of(event("user-1", "username.claimed", "username:alice"))
                .unless(Query.tags("username:alice"), 0);

        Appended first = store.append(claim);
        append(event("user-2", "username.claimed", "username:bob"));
        AppendConflictException second = conflict(claim.withId(new UUID(17, 2)));

        assertThat(first).isEqualTo(new Appended(0, List.of(0L)));
        assertThat(second)
                .hasMessage("Append refused: expected nothing matching tags \"username:alice\" from position 0, "
                        + "found an event at position 0. Read the boundary again and repeat the command.");
        assertThat(second.failures())
                .containsExactly(new QueryMatched(new NothingMatching(Query.tags("username:alice"), 0), 0));
        assertThat(log()).hasSize(2);
    }

    @Test
    void an_event_below_the_position_does_not_count_and_one_exactly_there_does() {
        append(DEFINED, ALICE, BOB);
        Query subscriptions = Query.types("student.subscribed");

        AppendConflictException exactly = conflict(Append.of(DEFINED).unless(subscriptions, 2));
        Appended below = store.append(Append.of(DEFINED).unless(subscriptions, 3));

        assertThat(exactly)
                .hasMessage("Append refused: expected nothing matching types \"student.subscribed\" from position 2, "
                        + "found an event at position 2. Read the boundary again and repeat the command.");
        assertThat(below.fromPosition()).isEqualTo(3);
    }

    @Test
    void the_lowest_matching_position_is_reported() {
        append(DEFINED, ALICE, BOB);
        append(DEFINED, ALICE);

        AppendConflictException fromStart = conflict(Append.of(BOB).unless(Query.tags("student:alice"), 0));
        AppendConflictException later = conflict(Append.of(BOB).unless(Query.tags("student:alice"), 2));

        assertThat(fromStart.failures())
                .containsExactly(new QueryMatched(new NothingMatching(Query.tags("student:alice"), 0), 1));
        assertThat(later.failures())
                .containsExactly(new QueryMatched(new NothingMatching(Query.tags("student:alice"), 2), 4));
    }

    @Test
    void a_decision_made_on_a_read_boundary_holds_until_an_event_enters_it() {
        append(DEFINED, ALICE);
        Query boundary = Query.tags("course:1").or(Query.tags("student:bob"));
        long known = boundaryRead(boundary);
        append(event("course-2", "student.subscribed", "course:2", "student:carol"));

        Appended first = store.append(Append.of(BOB).unless(boundary, known));
        AppendConflictException second = conflict(Append.of(BOB).unless(boundary, known));

        assertThat(first.fromPosition()).isEqualTo(3);
        assertThat(second)
                .hasMessage("Append refused: expected nothing matching tags \"course:1\", "
                        + "or tags \"student:bob\" from position 2, found an event at position 3. "
                        + "Read the boundary again and repeat the command.");
    }

    @Test
    void a_read_that_matched_nothing_still_guards() {
        append(DEFINED);
        Query boundary = Query.tags("invoice:2026-1");
        long known = boundaryRead(boundary);
        append(event("invoice-1", "invoice.issued", "invoice:2026-1"));

        AppendConflictException refusal = conflict(Append.of(event("invoice-1", "invoice.issued", "invoice:2026-1"))
                .unless(boundary, known));

        assertThat(known).isEqualTo(1);
        assertThat(refusal.failures()).containsExactly(new QueryMatched(new NothingMatching(boundary, 1), 1));
    }

    @Test
    void a_read_of_an_empty_log_guards_from_its_beginning() {
        Query boundary = Query.types("invoice.issued");
        long known = boundaryRead(boundary);
        append(event("invoice-1", "invoice.issued"));

        AppendConflictException refusal =
                conflict(Append.of(event("invoice-1", "invoice.issued")).unless(boundary, known));

        assertThat(known).isZero();
        assertThat(refusal.failures()).containsExactly(new QueryMatched(new NothingMatching(boundary, 0), 0));
    }

    @Test
    void the_position_may_lie_beyond_the_last_match() {
        append(ALICE, DEFINED, DEFINED);

        Appended appended = store.append(Append.of(BOB).unless(Query.tags("student:alice"), 3));

        assertThat(appended.fromPosition()).isEqualTo(3);
    }

    @Test
    void any_of_the_types_is_a_match() {
        append(DEFINED);
        append(ALICE);

        AppendConflictException refusal =
                conflict(Append.of(BOB).unless(Query.types("course.closed", "student.subscribed"), 0));
        Appended others = store.append(Append.of(BOB).unless(Query.types("course.closed", "course.moved"), 0));

        assertThat(refusal)
                .hasMessage("Append refused: expected nothing matching types \"course.closed\" or "
                        + "\"student.subscribed\" from position 0, found an event at position 1. "
                        + "Read the boundary again and repeat the command.");
        assertThat(others.fromPosition()).isEqualTo(2);
    }

    @Test
    void only_all_of_the_tags_together_are_a_match() {
        append(DEFINED, ALICE, event("course-2", "student.subscribed", "course:2", "student:bob"));

        Appended none = store.append(Append.of(BOB).unless(Query.tags("course:1", "student:bob"), 0));
        AppendConflictException refusal = conflict(Append.of(BOB).unless(Query.tags("student:bob", "course:1"), 0));

        assertThat(none.fromPosition()).isEqualTo(3);
        assertThat(refusal)
                .hasMessage("Append refused: expected nothing matching tags \"course:1\" and \"student:bob\" "
                        + "from position 0, found an event at position 3. "
                        + "Read the boundary again and repeat the command.");
    }

    @Test
    void types_and_tags_of_one_item_must_match_the_same_event() {
        append(event("course-1", "course.defined", "course:1"), event("course-2", "course.closed", "course:2"));
        Query closed = Query.of(new Query.Item().withTypes("course.closed").withTags("course:1"));

        Appended before = store.append(
                Append.of(event("course-1", "course.closed", "course:1")).unless(closed, 0));
        AppendConflictException after = conflict(
                Append.of(event("course-1", "course.closed", "course:1")).unless(closed, 0));

        assertThat(before.fromPosition()).isEqualTo(2);
        assertThat(after)
                .hasMessage("Append refused: expected nothing matching types \"course.closed\" and tags \"course:1\" "
                        + "from position 0, found an event at position 2. "
                        + "Read the boundary again and repeat the command.");
    }

    @Test
    void any_of_the_items_is_a_match() {
        append(DEFINED, event("course-2", "student.subscribed", "course:2", "student:bob"));
        Query either = Query.of(
                new Query.Item().withTypes("course.closed").withTags("course:1"),
                new Query.Item().withTags("student:bob"));

        AppendConflictException refusal = conflict(Append.of(BOB).unless(either, 0));

        assertThat(refusal)
                .hasMessage("Append refused: expected nothing matching types \"course.closed\" and tags \"course:1\", "
                        + "or tags \"student:bob\" from position 0, found an event at position 1. "
                        + "Read the boundary again and repeat the command.");
    }

    @Test
    void a_boundary_may_be_a_stream_a_category_ids_or_first_events() {
        append(
                event("course-1", "course.defined"),
                event("course-1", "course.moved"),
                event("student-alice", "joined"));
        UUID known = log().get(1).id();

        assertThat(matchOf(Query.stream("course-1"), 1)).isEqualTo(1);
        assertThat(matchOf(Query.category("student"), 0)).isEqualTo(2);
        assertThat(matchOf(Query.ids(List.of(known)), 0)).isEqualTo(1);
        assertThat(matchOf(Query.firstOfStream(), 1)).isEqualTo(2);
        assertThat(matchOf(Query.of(new Query.Item().withStream("course-1").onlyFirstOfStream()), 0))
                .isZero();
        assertThat(store.nextPosition()).isEqualTo(3);
    }

    @Test
    void a_boundary_of_everything_is_a_lock_on_the_whole_log() {
        append(DEFINED);
        Append first = Append.of(ALICE).unless(Query.all(), 1);
        Append second = Append.of(event("other-1", "other.happened")).unless(Query.all(), 1);

        Appended appended = store.append(first);
        AppendConflictException refusal = conflict(second);

        assertThat(appended.fromPosition()).isEqualTo(1);
        assertThat(refusal)
                .hasMessage("Append refused: expected nothing matching anything from position 1, "
                        + "found an event at position 1. Read the boundary again and repeat the command.");
    }

    @Test
    void a_boundary_of_nothing_always_holds() {
        append(DEFINED);

        Appended appended = store.append(Append.of(DEFINED).unless(Query.nothing(), 0));

        assertThat(appended.fromPosition()).isEqualTo(1);
    }

    @Test
    void events_of_an_append_do_not_conflict_with_its_own_conditions() {
        Query sameTag = Query.tags("batch:7");
        Append batch = Append.of(
                        event("parcel-1", "packed", "batch:7"),
                        event("parcel-2", "packed", "batch:7"),
                        event("parcel-3", "packed", "batch:7"))
                .unless(sameTag, 0)
                .unless(Query.types("packed"), 0)
                .unless(Query.firstOfStream(), 0);

        Appended appended = store.append(batch);

        assertThat(appended).isEqualTo(new Appended(0, List.of(0L, 0L, 0L)));
    }

    @Test
    void disjoint_boundaries_do_not_disturb_each_other() {
        append(DEFINED, event("course-2", "course.defined", "course:2"));
        Append first = Append.of(ALICE).unless(Query.tags("course:1"), 2);
        Append second = Append.of(event("course-2", "student.subscribed", "course:2", "student:bob"))
                .unless(Query.tags("course:2"), 2);

        Appended firstAppended = store.append(first);
        Appended secondAppended = store.append(second);

        assertThat(firstAppended.fromPosition()).isEqualTo(2);
        assertThat(secondAppended.fromPosition()).isEqualTo(3);
    }

    @Test
    void two_boundaries_that_overlap_in_one_event_cannot_both_win() {
        append(DEFINED);
        Append byType = Append.of(ALICE).unless(Query.types("student.subscribed"), 1);
        Append byTag = Append.of(BOB).unless(Query.tags("course:1"), 1);

        Appended winner = store.append(byType);
        AppendConflictException loser = conflict(byTag);

        assertThat(winner.fromPosition()).isEqualTo(1);
        assertThat(loser.failures())
                .containsExactly(new QueryMatched(new NothingMatching(Query.tags("course:1"), 1), 1));
    }

    @Test
    void events_without_tags_are_within_boundaries_of_types() {
        append(event("course-1", "course.defined"));

        AppendConflictException refusal = conflict(Append.of(DEFINED).unless(Query.types("course.defined"), 0));

        assertThat(refusal.failures())
                .containsExactly(new QueryMatched(new NothingMatching(Query.types("course.defined"), 0), 0));
    }

    @Test
    void a_tag_is_its_whole_name_not_its_beginning() {
        append(event("course-12", "course.defined", "course:12"));

        Appended shorter = store.append(Append.of(DEFINED).unless(Query.tags("course:1"), 0));
        Appended longer = store.append(Append.of(DEFINED).unless(Query.tags("course:123"), 0));

        assertThat(shorter.fromPosition()).isEqualTo(1);
        assertThat(longer.fromPosition()).isEqualTo(2);
    }

    @Test
    void a_refused_append_does_not_enter_the_boundary_of_others() {
        append(DEFINED);
        conflict(Append.of(ALICE).expecting("course-1", Expected.noStream()));

        Appended appended = store.append(Append.of(ALICE).unless(Query.tags("student:alice"), 0));

        assertThat(appended.fromPosition()).isEqualTo(1);
    }

    @Test
    void an_append_without_events_asks_whether_a_boundary_is_untouched() {
        append(DEFINED);
        NothingMatching untouched = new NothingMatching(Query.tags("course:1"), 1);

        Appended yes = store.append(Append.check(untouched));
        append(ALICE);
        AppendConflictException no = conflict(Append.check(untouched));

        assertThat(yes).isEqualTo(new Appended(1, List.of()));
        assertThat(no.failures()).containsExactly(new QueryMatched(untouched, 1));
    }

    @Test
    void a_condition_from_the_next_position_is_at_the_end_and_one_beyond_is_refused() {
        append(DEFINED, ALICE);

        Appended atEnd = store.append(Append.of(BOB).unless(Query.all(), 2));
        PositionAheadException beyond =
                refused(PositionAheadException.class, Append.of(BOB).unless(Query.tags("student:bob"), 4));

        assertThat(atEnd.fromPosition()).isEqualTo(2);
        assertThat(beyond)
                .hasMessage("Condition from position 4 refused: the log ends at next position 3. "
                        + "The position is of another store or from before a restore; compare the lineage.");
        assertThat(beyond.position()).isEqualTo(4);
        assertThat(beyond.nextPosition()).isEqualTo(3);
        assertThat(beyond.retryable()).isFalse();
        assertThat(log()).hasSize(3);
    }

    @Test
    void a_condition_far_beyond_an_empty_log_is_refused_even_when_it_matches_nothing() {
        PositionAheadException far =
                refused(PositionAheadException.class, Append.of(BOB).unless(Query.nothing(), Long.MAX_VALUE));

        assertThat(far)
                .hasMessage("Condition from position 9223372036854775807 refused: the log ends at next position 0. "
                        + "The position is of another store or from before a restore; compare the lineage.");
    }

    /// Reads a boundary to its end and returns what its guard is to begin from.
    private long boundaryRead(Query boundary) {
        try (EventCursor cursor = store.read(Read.matching(boundary))) {
            while (cursor.hasNext()) {
                cursor.next();
            }
            return cursor.nextPosition();
        }
    }

    private long matchOf(Query query, long fromPosition) {
        AppendConflictException refusal = conflict(Append.of(DEFINED).unless(query, fromPosition));
        assertThat(refusal.failures()).hasSize(1);
        return ((QueryMatched) refusal.failures().getFirst()).position();
    }
}
