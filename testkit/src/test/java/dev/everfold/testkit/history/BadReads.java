package dev.everfold.testkit.history;

import static dev.everfold.testkit.history.Story.event;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// One history for each way in which reads go wrong.
final class BadReads {

    private BadReads() {}

    static Stream<BadHistory> all() {
        return Stream.concat(ofReturned(), ofSeen());
    }

    private static Stream<BadHistory> ofReturned() {
        return Stream.of(
                bad("a read leaves an event out", Rule.READ_GAP, story -> read(story, 3, 0, 2)),
                bad("a read stops before its end", Rule.READ_GAP, story -> read(story, 3, 0, 1)),
                bad(
                        "a read of a tag leaves a match out",
                        Rule.READ_GAP,
                        story -> story.read("bob", 10, 11, Read.matching(Query.tags("customer:alice")), 3, 2)),
                bad(
                        "a read of a stream leaves its end out",
                        Rule.READ_GAP,
                        story -> story.read("bob", 10, 11, Read.stream("order-1"), 3, 0)),
                bad("a read returns an event twice", Rule.READ_DUPLICATE, story -> read(story, 3, 0, 1, 1, 2)),
                bad("a read changes the order", Rule.READ_ORDER, story -> read(story, 3, 0, 2, 1)),
                bad(
                        "a backwards read comes forwards",
                        Rule.READ_ORDER,
                        story -> story.read("bob", 10, 11, Read.all().backwards(), 3, 0, 1, 2)),
                bad(
                        "a read returns what does not match",
                        Rule.READ_STRANGER,
                        story -> story.read("bob", 10, 11, Read.matching(Query.tags("customer:alice")), 3, 0, 1, 2)),
                bad(
                        "a read returns what lies beyond its end",
                        Rule.READ_STRANGER,
                        story -> story.read("bob", 0, 11, Read.all().toPosition(2), 2, 0, 1, 2)),
                bad(
                        "a read returns other bytes",
                        Rule.READ_BYTES,
                        story -> story.call(
                                "bob",
                                10,
                                11,
                                new Call.Reading(Read.all().limit(1)),
                                new Answer.Seen(List.of(new Sighting(0, 17)), 3, 1, true))));
    }

    private static Stream<BadHistory> ofSeen() {
        return Stream.of(
                bad("a read does not see what was acknowledged", Rule.READ_FRESH, story -> read(story, 2, 0, 1)),
                bad(
                        "a read does not see what another one saw",
                        Rule.READ_FRESH,
                        story -> story.unknown("carol", 6, stored(story, Append.of(event("order-2"))))
                                .read("alice", 7, 8, Read.all(), 4, 0, 1, 2, 3)
                                .read("bob", 9, 10, Read.all(), 3, 0, 1, 2)),
                bad(
                        "a read sees what was appended later",
                        Rule.REAL_TIME,
                        story -> story.read("bob", 10, 11, Read.all(), 4, 0, 1, 2, 2)
                                .accepted("alice", 12, 13, Append.of(event("order-2")))),
                bad("a next position goes back", Rule.READ_FRESH, story -> story.next("bob", 10, 11, 2)),
                bad("a next position is beyond the log", Rule.READ_FRESH, story -> story.next("bob", 10, 11, 4)),
                bad(
                        "a read ends inside an append",
                        Rule.READ_ALL_OR_NONE,
                        story -> story.read("bob", 0, 1, Read.all(), 1, 0)),
                bad(
                        "a next position lies inside an append",
                        Rule.READ_ALL_OR_NONE,
                        story -> story.next("bob", 0, 1, 1)),
                bad(
                        "a cursor goes on too far",
                        Rule.READ_RESUMES,
                        story -> story.call(
                                "bob",
                                10,
                                11,
                                new Call.Reading(Read.all().limit(1)),
                                new Answer.Seen(List.of(Sighting.of(story.log().getFirst())), 3, 2, true))),
                bad(
                        "an exhausted cursor does not go on from its end",
                        Rule.READ_RESUMES,
                        story -> story.call(
                                "bob",
                                10,
                                11,
                                new Call.Reading(Read.matching(Query.tags("customer:carol"))),
                                new Answer.Seen(List.of(), 3, 0, true))));
    }

    /// After two appends by alice: two events of order-1 at once, the second one tagged, and one of order-2,
    /// tagged.
    private static BadHistory bad(String name, Rule rule, Consumer<Story> rest) {
        NewEvent placed = event("order-1");
        NewEvent paid = event("order-1", "customer:alice");
        NewEvent other = event("order-2", "customer:alice");
        return new BadHistory(name, rule, story -> {
            story.accepted("alice", 0, 5, Append.of(placed, paid)).accepted("alice", 5, 6, Append.of(other));
            rest.accept(story);
        });
    }

    private static void read(Story story, long end, long... positions) {
        story.read("bob", 10, 11, Read.all(), end, positions);
    }

    private static Append stored(Story story, Append append) {
        story.store(append);
        return append;
    }
}
