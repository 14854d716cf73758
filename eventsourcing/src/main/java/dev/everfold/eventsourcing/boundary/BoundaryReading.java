package dev.everfold.eventsourcing.boundary;

import dev.everfold.eventsourcing.boundary.BoundaryConflictException.Met;
import dev.everfold.eventsourcing.codec.EventCodec;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.AppendConflictException.Failure.QueryMatched;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/// All that one decision depends on, as of one position, and able to go on from there.
///
/// One read serves all models but those of a last event, which take one read of one event each. All of
/// them see the log up to the same position. For one thread.
final class BoundaryReading<E, S> {

    private final EventStore store;
    private final EventCodec<E> codec;
    private final DecisionModel<S> model;
    private final List<ModelReading<?>> folded = new ArrayList<>();
    private final List<ModelReading<?>> lastOnly = new ArrayList<>();
    private final List<ModelReading<?>> parts = new ArrayList<>();

    /// Finds the events of the same command, so that it has one effect; matches nothing without a command.
    private final Query ofCommand;
    private final Predicate<RecordedEvent> isOfCommand;
    private final List<RecordedEvent> answer = new ArrayList<>();

    /// Where to go on reading: everything before was seen.
    private long nextPosition;

    BoundaryReading(EventStore store, StoredNames<E> names, DecisionModel<S> model, Query ofCommand) {
        this.store = store;
        this.codec = names.codec();
        this.model = model;
        this.ofCommand = ofCommand;
        this.isOfCommand = ofCommand.predicate();
        List<QueryModel<?>> models = new ArrayList<>();
        model.addPartsTo(models);
        for (QueryModel<?> part : models) {
            ModelReading<?> reading = ModelReading.of(part, names);
            parts.add(reading);
            (reading.isLastOnly() ? lastOnly : folded).add(reading);
        }
    }

    /// Reads what was appended since, or all of it the first time.
    void readOn() {
        long end = Long.MAX_VALUE;
        Query query = unionOf(folded).or(ofCommand);
        if (!query.items().isEmpty() || lastOnly.isEmpty()) {
            try (EventCursor cursor = store.read(Read.matching(query).fromPosition(nextPosition))) {
                while (cursor.hasNext()) {
                    fold(cursor.next());
                }
                end = cursor.nextPosition();
            }
        }
        for (ModelReading<?> reading : lastOnly) {
            end = reading.readLast(store, codec, nextPosition, end);
        }
        nextPosition = end;
    }

    private void fold(RecordedEvent event) {
        if (isOfCommand.test(event)) {
            answer.add(event);
        }
        List<E> decoded = null;
        for (ModelReading<?> reading : folded) {
            if (reading.matches(event)) {
                decoded = decoded == null ? codec.decode(event) : decoded;
                reading.fold(decoded, event);
            }
        }
    }

    /// The state of the whole model.
    S state() {
        return model.assemble(parts.stream().map(ModelReading::state).iterator());
    }

    /// What the command appended when it was handled before; empty when it was not.
    List<RecordedEvent> answer() {
        return answer;
    }

    /// The append, on the condition that nothing was added to any of the models since they were read.
    ///
    /// A decision that depends on nothing is appended whatever happened.
    Append guard(Append append) {
        Query boundary = unionOf(parts).or(ofCommand);
        return boundary.items().isEmpty() ? append : append.unless(boundary, nextPosition);
    }

    long nextPosition() {
        return nextPosition;
    }

    /// Which models were met by which event, when an append was refused; empty when it was for other reasons.
    List<Met> met(AppendConflictException conflict) {
        List<Met> met = new ArrayList<>();
        for (AppendConflictException.Failure failure : conflict.failures()) {
            if (failure instanceof QueryMatched(var _, long position)) {
                Read one = Read.all().fromPosition(position).limit(1);
                for (RecordedEvent event : store.read(one).toList()) {
                    namesOfModelsFor(event)
                            .forEach(name -> met.add(new Met(name, event.type(), event.stream(), position)));
                }
            }
        }
        return met;
    }

    private List<String> namesOfModelsFor(RecordedEvent event) {
        List<String> names = new ArrayList<>();
        parts.stream()
                .filter(part -> part.matches(event))
                .map(ModelReading::name)
                .distinct()
                .forEach(names::add);
        if (isOfCommand.test(event)) {
            names.add("the same command");
        }
        return names;
    }

    private static Query unionOf(List<ModelReading<?>> readings) {
        Set<Query.Item> items = new LinkedHashSet<>();
        readings.forEach(reading -> items.addAll(reading.query().items()));
        return new Query(List.copyOf(items));
    }
}
