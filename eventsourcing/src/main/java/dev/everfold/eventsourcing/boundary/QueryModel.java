package dev.everfold.eventsourcing.boundary;

import dev.everfold.eventsourcing.codec.EventContext;
import dev.everfold.eventstore.Query;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.BiFunction;

/// A small model: the events of some types with all of some tags, folded into a state.
///
/// Only the types that it folds are read and guarded, so an event of another type never disturbs a decision.
/// Immutable; each method returns a changed copy.
///
/// @param <S> the state
public final class QueryModel<S> extends DecisionModel<S> {

    private final String name;
    private final S initial;
    private final Query.Item selection;
    private final List<Handler<S, ?>> handlers;
    private final boolean lastOnly;

    private QueryModel(String name, S initial, Query.Item selection, List<Handler<S, ?>> handlers, boolean lastOnly) {
        this.name = name;
        this.initial = initial;
        this.selection = selection;
        this.handlers = List.copyOf(handlers);
        this.lastOnly = lastOnly;
    }

    /// A model that folds nothing yet; see [DecisionModel#of].
    ///
    /// @throws IllegalArgumentException when the name is blank
    public static <S> QueryModel<S> of(String name, S initial) {
        if (name.isBlank()) {
            throw new IllegalArgumentException(
                    "The name of a decision model is blank; expected words that a message can use.");
        }
        return new QueryModel<>(name, initial, new Query.Item(), List.of(), false);
    }

    /// The same model over events that carry all of these tags; they replace earlier ones.
    ///
    /// @throws IllegalArgumentException when a tag is empty, holds NUL or is not valid Unicode
    public QueryModel<S> tagged(String... allOf) {
        return new QueryModel<>(name, initial, selection.withTags(allOf), handlers, lastOnly);
    }

    /// The same model over events of one stream.
    ///
    /// @throws IllegalArgumentException when the name is empty, holds NUL or is not valid Unicode
    public QueryModel<S> inStream(String stream) {
        return new QueryModel<>(name, initial, selection.withStream(stream), handlers, lastOnly);
    }

    /// The same model over events of one category of streams.
    ///
    /// @throws IllegalArgumentException when the name holds `-`, NUL or is not valid Unicode
    public QueryModel<S> inCategory(String category) {
        return new QueryModel<>(name, initial, selection.withCategory(category), handlers, lastOnly);
    }

    /// The same model that also folds events of a type.
    ///
    /// @param event a record, or a sealed interface for all of its records
    /// @throws IllegalArgumentException when the model folds such events already
    public <T> QueryModel<S> on(Class<T> event, BiFunction<S, T, S> fold) {
        return on(event, (state, happened, _) -> fold.apply(state, happened));
    }

    /// The same model that also folds events of a type, with the time when they happened.
    ///
    /// @param event a record, or a sealed interface for all of its records
    /// @throws IllegalArgumentException when the model folds such events already
    public <T> QueryModel<S> on(Class<T> event, TimedFold<S, T> fold) {
        for (Handler<S, ?> handler : handlers) {
            if (handler.event().isAssignableFrom(event) || event.isAssignableFrom(handler.event())) {
                throw new IllegalArgumentException("Model \"" + name + "\" folds "
                        + handler.event().getSimpleName() + " already, so " + event.getSimpleName()
                        + " would be ambiguous; expected event types that do not overlap.");
            }
        }
        List<Handler<S, ?>> more = new ArrayList<>(handlers);
        more.add(new Handler<>(event, fold));
        return new QueryModel<>(name, initial, selection, more, lastOnly);
    }

    /// The same model over the newest of its events only, which is folded into the initial state.
    ///
    /// It takes one read of one event, however long the log is: for numbers without gaps, and for what each
    /// event says in full, such as a price.
    public QueryModel<S> lastOnly() {
        return new QueryModel<>(name, initial, selection, handlers, true);
    }

    /// What it is called in messages.
    public String name() {
        return name;
    }

    S initial() {
        return initial;
    }

    /// Which events, whatever their type.
    Query.Item selection() {
        return selection;
    }

    boolean isLastOnly() {
        return lastOnly;
    }

    /// The types of the events that are folded.
    List<? extends Class<?>> events() {
        return handlers.stream().map(Handler::event).toList();
    }

    boolean handles(Object event) {
        return handlers.stream().anyMatch(handler -> handler.event().isInstance(event));
    }

    /// The state after the event; the same when it is of another type.
    S fold(S state, Object event, EventContext context) {
        for (Handler<S, ?> handler : handlers) {
            if (handler.event().isInstance(event)) {
                return handler.apply(state, event, context);
            }
        }
        return state;
    }

    @Override
    void addPartsTo(List<QueryModel<?>> parts) {
        parts.add(this);
    }

    @Override
    @SuppressWarnings("unchecked") // states are made by fold, and come in the order of the parts
    S assemble(Iterator<?> states) {
        return (S) states.next();
    }

    @Override
    public String toString() {
        return "QueryModel[" + name + "]";
    }

    /// How events of one type are folded.
    private record Handler<S, T>(Class<T> event, TimedFold<S, T> fold) {

        S apply(S state, Object happened, EventContext context) {
            return fold.apply(state, event.cast(happened), context);
        }
    }
}
