package dev.everfold.testkit.history;

import static dev.everfold.testkit.history.Story.event;
import static dev.everfold.testkit.history.Story.recorded;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.Expected;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Query;
import java.util.List;
import java.util.stream.Stream;

/// One history for each way in which appends go wrong.
final class BadAppends {

    private BadAppends() {}

    static Stream<BadHistory> all() {
        return Stream.of(ofPresence(), ofOrder(), ofConditions(), ofRefusals(), ofTrackings())
                .flatMap(List::stream);
    }

    private static List<BadHistory> ofPresence() {
        NewEvent one = event("order-1");
        NewEvent two = event("order-1");
        NewEvent three = event("order-2");
        Append pair = Append.of(one, two);
        Append atomic = Append.of(one, three);
        return List.of(
                new BadHistory(
                        "an acknowledged append is lost",
                        Rule.ACCEPTED_ONCE,
                        story -> story.accepted("alice", 0, 1, pair, new Appended(0, List.of(0L, 1L)))),
                new BadHistory("an acknowledged append is elsewhere", Rule.ACCEPTED_ONCE, story -> {
                    story.accepted("bob", 0, 1, Append.of(three));
                    story.store(pair);
                    story.accepted("alice", 0, 1, pair, new Appended(0, List.of(0L, 1L)));
                }),
                new BadHistory("an acknowledged append is there twice", Rule.ACCEPTED_ONCE, story -> {
                    story.accepted("alice", 0, 1, pair);
                    story.store(pair);
                }),
                new BadHistory("an acknowledged append has other revisions", Rule.ACCEPTED_ONCE, story -> {
                    story.store(pair);
                    story.accepted("alice", 0, 1, pair, new Appended(0, List.of(1L, 2L)));
                }),
                new BadHistory("half of an acknowledged append is lost", Rule.ALL_OR_NONE, story -> {
                    story.store(one);
                    story.accepted("alice", 0, 1, pair, new Appended(0, List.of(0L, 1L)));
                }),
                new BadHistory("half of an unknown append is there", Rule.ALL_OR_NONE, story -> {
                    story.store(two);
                    story.unknown("alice", 0, pair);
                }),
                new BadHistory("an append to two streams is torn apart", Rule.ALL_OR_NONE, story -> {
                    Append between = Append.of(event("order-3"));
                    story.store(one);
                    story.accepted("bob", 0, 9, between);
                    story.store(three);
                    story.unknown("alice", 0, atomic);
                }),
                new BadHistory("the events of an append change places", Rule.ALL_OR_NONE, story -> {
                    story.store(three, one);
                    story.unknown("alice", 0, atomic);
                }),
                new BadHistory("an unknown append is there twice", Rule.UNKNOWN_AT_MOST_ONCE, story -> {
                    story.store(pair);
                    story.store(pair);
                    story.unknown("alice", 0, pair);
                }),
                new BadHistory("a refused append is there", Rule.REFUSED_ABSENT, story -> {
                    story.store(one);
                    story.refused("alice", 0, 9, Append.of(one).expecting("order-1", Expected.exists()), none(0));
                }),
                new BadHistory("an append has other bytes", Rule.SAME_BYTES, story -> {
                    NewEvent changed = one.withContent(NewEvent.JSON, Bytes.utf8("[]"));
                    story.accepted("alice", 0, 1, Append.of(one), story.store(changed));
                }),
                new BadHistory("a repeat gets another answer", Rule.REPEAT_SAME, story -> {
                    story.accepted("alice", 0, 1, Append.of(three).withId(pair.id()));
                    Append repeat = Append.of(three).withId(pair.id());
                    story.accepted("alice", 2, 3, repeat, new Appended(1, List.of(1L)));
                }),
                new BadHistory("a repeat of what is stored is refused", Rule.REPEAT_SAME, story -> {
                    Append first = Append.of(one).expecting("order-1", Expected.noStream());
                    story.accepted("alice", 0, 1, first);
                    story.refused("alice", 2, 3, first, new Finding.LastRevision(0, 0));
                }),
                new BadHistory("an event is nobody's", Rule.NO_STRANGERS, story -> story.store(one)));
    }

    private static List<BadHistory> ofOrder() {
        Append first = Append.of(event("order-1"), event("order-1"));
        Append second = Append.of(event("order-2"));
        return List.of(
                new BadHistory("the later of two appends comes first", Rule.REAL_TIME, story -> {
                    story.accepted("bob", 20, 30, second);
                    story.accepted("alice", 0, 10, first);
                }),
                new BadHistory("an unknown append comes before what was answered", Rule.REAL_TIME, story -> {
                    story.store(second);
                    story.unknown("bob", 20, second);
                    story.accepted("alice", 0, 10, first);
                }),
                new BadHistory("an append of a dead process comes late", Rule.REAL_TIME, story -> {
                    story.accepted("bob", 20, 30, second);
                    story.store(first);
                    story.call("alice", 0, 10, new Call.Appending(first), new Answer.Unknown());
                }),
                new BadHistory("an append comes before what a reader had seen", Rule.REAL_TIME, story -> {
                    story.accepted("bob", 20, 30, second);
                    story.accepted("alice", 0, 50, first);
                    story.next("carol", 0, 10, 3);
                }),
                new BadHistory("a position is left out", Rule.LOG_DENSE, story -> {
                    story.accepted("alice", 0, 1, second);
                    story.log().set(0, recorded(second.events().getFirst(), 1, 0, 1_000));
                }),
                new BadHistory("a revision is left out", Rule.LOG_DENSE, story -> {
                    story.store(second);
                    story.accepted("alice", 0, 1, second, new Appended(0, List.of(1L)));
                    story.log().set(0, recorded(second.events().getFirst(), 0, 1, 1_000));
                }),
                new BadHistory("recorded time falls", Rule.LOG_DENSE, story -> {
                    story.accepted("alice", 0, 1, first);
                    story.log().set(1, recorded(first.events().getLast(), 1, 1, 999));
                }));
    }

    private static List<BadHistory> ofConditions() {
        Append placed = Append.of(event("order-1", "customer:alice"));
        Append more = Append.of(event("order-1", "customer:bob"));
        Append expecting = more.expecting("order-1", Expected.revision(1));
        Append unless = more.unless(Query.tags("customer:alice"), 0);
        return List.of(
                new BadHistory(
                        "an append goes through with a stale revision",
                        Rule.STREAM_CONDITION,
                        story -> story.accepted("alice", 0, 1, placed).accepted("bob", 2, 3, expecting)),
                new BadHistory("an unknown append is stored with a stale revision", Rule.STREAM_CONDITION, story -> {
                    story.accepted("alice", 0, 1, placed);
                    story.store(expecting);
                    story.unknown("bob", 2, expecting);
                }),
                new BadHistory(
                        "two boundaries are written at once",
                        Rule.QUERY_CONDITION,
                        story -> story.accepted("alice", 0, 9, placed).accepted("bob", 0, 9, unless)),
                new BadHistory("a check of a stale boundary holds", Rule.QUERY_CONDITION, story -> {
                    Append check = Append.check(unless.conditions().getFirst());
                    story.accepted("alice", 0, 1, placed).accepted("bob", 2, 3, check, new Appended(1, List.of()));
                }));
    }

    private static List<BadHistory> ofRefusals() {
        Append placed = Append.of(event("order-1", "customer:alice"));
        Append more = Append.of(event("order-1", "customer:bob"));
        Append expecting = more.expecting("order-1", Expected.revision(1));
        Append unless = more.unless(Query.tags("customer:alice"), 0);
        return List.of(
                new BadHistory(
                        "a refusal finds a revision that never was",
                        Rule.REFUSAL_TRUE,
                        story -> story.accepted("alice", 0, 1, placed)
                                .refused("bob", 2, 3, expecting, new Finding.LastRevision(0, 4))),
                new BadHistory(
                        "a refusal finds what was before the call",
                        Rule.REFUSAL_TRUE,
                        story -> story.accepted("alice", 0, 1, placed).refused("bob", 2, 3, expecting, none(0))),
                new BadHistory(
                        "a refusal finds what only came later",
                        Rule.REFUSAL_TRUE,
                        story -> story.refused("bob", 0, 1, expecting, new Finding.LastRevision(0, 0))
                                .accepted("alice", 2, 3, placed)),
                new BadHistory(
                        "a refusal finds what was expected",
                        Rule.REFUSAL_TRUE,
                        story -> story.accepted("alice", 0, 1, placed)
                                .refused(
                                        "bob",
                                        2,
                                        3,
                                        more.expecting("order-1", Expected.revision(0)),
                                        new Finding.LastRevision(0, 0))),
                new BadHistory(
                        "a refusal finds another match than the first",
                        Rule.REFUSAL_TRUE,
                        story -> story.accepted("alice", 0, 1, placed)
                                .accepted("alice", 2, 3, Append.of(event("order-2", "customer:alice")))
                                .refused("bob", 4, 5, unless, new Finding.Match(0, 1))),
                new BadHistory(
                        "a refusal leaves a condition out",
                        Rule.REFUSAL_TRUE,
                        story -> story.accepted("alice", 0, 1, placed)
                                .refused(
                                        "bob",
                                        2,
                                        3,
                                        unless.expecting("order-1", Expected.noStream()),
                                        new Finding.Match(0, 0))),
                new BadHistory(
                        "a refusal finds half of an append",
                        Rule.REFUSAL_TRUE,
                        story -> story.accepted("alice", 0, 9, Append.of(event("order-1"), event("order-1")))
                                .refused("bob", 0, 9, expecting, new Finding.LastRevision(0, 0))),
                new BadHistory(
                        "a refusal is about a condition that nobody made",
                        Rule.REFUSAL_TRUE,
                        story -> story.accepted("alice", 0, 1, placed)
                                .refused("bob", 2, 3, expecting, new Finding.LastRevision(0, 0), none(-1))),
                new BadHistory(
                        "a refusal finds nothing", Rule.REFUSAL_TRUE, story -> story.refused("bob", 0, 9, expecting)),
                new BadHistory(
                        "a refusal finds another end of the log",
                        Rule.REFUSAL_TRUE,
                        story -> story.accepted("alice", 0, 1, placed)
                                .call(
                                        "bob",
                                        2,
                                        3,
                                        new Call.Appending(more.unless(Query.all(), 9)),
                                        new Answer.Refused(new Refusal.Ahead(9, 0)))));
    }

    private static List<BadHistory> ofTrackings() {
        Append seven = Append.of(event("order-1")).tracking("import-1", 7);
        Append five = Append.of(event("order-2")).tracking("import-1", 5);
        Append sevenAgain = Append.of(event("order-3")).tracking("import-1", 7);
        return List.of(
                new BadHistory(
                        "a tracked position falls",
                        Rule.TRACKING_RISES,
                        story -> story.accepted("alice", 0, 9, seven).accepted("bob", 0, 9, five)),
                new BadHistory(
                        "a position is tracked twice",
                        Rule.TRACKING_RISES,
                        story -> story.accepted("alice", 0, 9, seven).accepted("bob", 0, 9, sevenAgain)),
                new BadHistory(
                        "a tracked position is forgotten",
                        Rule.TRACKING_RISES,
                        story -> story.accepted("alice", 0, 1, seven).tracked("bob", 2, 3, "import-1", -1)),
                new BadHistory(
                        "a tracked position without an event is forgotten",
                        Rule.TRACKING_RISES,
                        story -> story.accepted("alice", 0, 1, Append.track("import-1", 7), new Appended(0, List.of()))
                                .tracked("bob", 2, 3, "import-1", -1)),
                new BadHistory(
                        "a position is tracked that nobody gave",
                        Rule.TRACKING_RISES,
                        story -> story.accepted("alice", 0, 1, seven).tracked("bob", 2, 3, "import-1", 8)),
                new BadHistory(
                        "a refusal finds another tracked position",
                        Rule.REFUSAL_TRUE,
                        story -> story.accepted("alice", 0, 1, seven)
                                .refused("bob", 2, 3, five, new Finding.Tracked(6))),
                new BadHistory(
                        "a refusal leaves the tracked position out",
                        Rule.REFUSAL_TRUE,
                        story -> story.accepted("alice", 0, 1, seven)
                                .refused(
                                        "bob",
                                        2,
                                        3,
                                        five.expecting("order-1", Expected.noStream()),
                                        new Finding.LastRevision(0, 0))));
    }

    private static Finding none(int condition) {
        return new Finding.LastRevision(condition, -1);
    }
}
