package dev.everfold.testkit.history;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.EventFormat;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/// A history and a log, told step by step, right or wrong.
final class Story {

    private final List<ClientCall> calls = new ArrayList<>();
    private final List<RecordedEvent> log = new ArrayList<>();
    private final Map<String, Long> nextRevisions = new HashMap<>();
    private int number;

    static NewEvent event(String stream, String... tags) {
        return NewEvent.of(stream, "order.placed", "{}").withTags(tags);
    }

    /// A record with a place.
    static RecordedEvent recorded(NewEvent event, long position, long revision, long recordedMicros) {
        byte[] record = EventFormat.encode(event);
        EventFormat.place(record, 0, new EventFormat.Place(position, revision, recordedMicros));
        return RecordedEvent.view(record, 0);
    }

    /// Puts events into the log, as they should be.
    Appended store(NewEvent... events) {
        long from = log.size();
        List<Long> revisions = new ArrayList<>();
        for (NewEvent event : events) {
            long revision = nextRevisions.merge(event.stream(), 1L, Long::sum) - 1;
            revisions.add(revision);
            log.add(recorded(event, log.size(), revision, 1_000 + log.size()));
        }
        return new Appended(from, revisions);
    }

    Appended store(Append append) {
        return store(append.events().toArray(NewEvent[]::new));
    }

    /// Changes the log afterwards.
    List<RecordedEvent> log() {
        return log;
    }

    History history() {
        return new History(calls);
    }

    /// A call that was made at `from` and answered at `to`.
    Story call(String client, long from, long to, Call call, Answer answer) {
        calls.add(new ClientCall(client, number++, call, answer, from, to));
        return this;
    }

    /// An append that is stored where the log ends now, and answered so.
    Story accepted(String client, long from, long to, Append append) {
        return accepted(client, from, to, append, store(append));
    }

    /// An append that was answered so, whatever the log says.
    Story accepted(String client, long from, long to, Append append, Appended appended) {
        return call(client, from, to, new Call.Appending(append), new Answer.Accepted(appended));
    }

    Story refused(String client, long from, long to, Append append, Finding... findings) {
        Refusal conflict = new Refusal.Conflict(List.of(findings));
        return call(client, from, to, new Call.Appending(append), new Answer.Refused(conflict));
    }

    Story unknown(String client, long from, Append append) {
        return call(client, from, ClientCall.NEVER, new Call.Appending(append), new Answer.Unknown());
    }

    /// A read that returned these positions, with the bytes of the log, to its end.
    Story read(String client, long from, long to, Read read, long end, long... positions) {
        List<Sighting> events = Arrays.stream(positions)
                .mapToObj(position -> Sighting.of(log.get((int) position)))
                .toList();
        return call(client, from, to, new Call.Reading(read), new Answer.Seen(events, end, end, true));
    }

    Story tracked(String client, long from, long to, String source, long position) {
        OptionalLong found = position < 0 ? OptionalLong.empty() : OptionalLong.of(position);
        return call(client, from, to, new Call.AskingTracked(source), new Answer.TrackedAt(found));
    }

    Story next(String client, long from, long to, long position) {
        return call(client, from, to, new Call.AskingNext(), new Answer.NextAt(position));
    }

    List<Violation> check() {
        return HistoryChecker.check(history(), log);
    }
}
