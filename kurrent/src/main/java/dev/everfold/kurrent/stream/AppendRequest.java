package dev.everfold.kurrent.stream;

import dev.everfold.eventstore.NewEvent;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;

/// One atomic append to any number of streams, with what is expected of each; immutable.
///
/// @param events in order
/// @param expected by stream; a stream of an event that is missing here is expected to be anything
/// @param written streams that are appended to, also those that get no event: writing to a
///     deleted stream begins it anew
public record AppendRequest(List<NewEvent> events, SequencedMap<String, ExpectedState> expected, Set<String> written) {

    /// Copies what it is given, and expects anything where nothing is said.
    public AppendRequest {
        events = List.copyOf(events);
        SequencedMap<String, ExpectedState> all = new LinkedHashMap<>(expected);
        events.forEach(event -> all.putIfAbsent(event.stream(), ExpectedState.ANY));
        expected = Collections.unmodifiableSequencedMap(all);
        written = Set.copyOf(written);
    }

    /// An append to one stream.
    public static AppendRequest to(String stream, ExpectedState expected, List<NewEvent> events) {
        SequencedMap<String, ExpectedState> one = new LinkedHashMap<>();
        one.put(stream, expected);
        return new AppendRequest(events, one, Set.of(stream));
    }

    /// Whether every stream that is written gets an event.
    boolean isComplete() {
        return written.size() <= 1
                ? !events.isEmpty()
                : written.stream().noneMatch(stream -> eventsOf(stream).isEmpty());
    }

    /// The events of one stream.
    List<NewEvent> eventsOf(String stream) {
        if (expected.size() == 1) {
            return events;
        }
        return events.stream().filter(event -> event.stream().equals(stream)).toList();
    }
}
