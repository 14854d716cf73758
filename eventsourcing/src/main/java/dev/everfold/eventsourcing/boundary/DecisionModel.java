package dev.everfold.eventsourcing.boundary;

import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;

/// What a decision depends on: a query, and a state folded from the events that it finds.
///
/// Small models ([#of]) are put together to larger ones ([#compose], [#each], [#all]), whose state is made from
/// those of their parts. However many parts there are, a [Boundary] reads the log once for all of them, and
/// the union of their queries is what must not change until the decision is appended.
///
///     static DecisionModel<Integer> seatsTaken(String course) {
///         return DecisionModel.of("seats taken in course " + course, 0)
///                 .tagged("course:" + course)
///                 .on(Subscribed.class, (seats, subscribed) -> seats + 1);
///     }
///
/// Immutable and safe to share between threads, provided that the folds are functions of their arguments and
/// the states are values. Folds are called by one thread at a time for one decision.
///
/// @param <S> the state
public abstract sealed class DecisionModel<S> permits QueryModel, ComposedModel {

    DecisionModel() {}

    /// A small model without event types yet: go on with [QueryModel#on] and [QueryModel#tagged].
    ///
    /// @param name what it is called in messages, for example `seats taken in course c1`; must not be blank
    /// @param initial the state when there are no events
    public static <S> QueryModel<S> of(String name, S initial) {
        return QueryModel.of(name, initial);
    }

    /// Two models as one; often with the constructor of a record.
    public static <A, B, R> DecisionModel<R> compose(
            DecisionModel<A> first, DecisionModel<B> second, BiFunction<? super A, ? super B, ? extends R> states) {
        // Operands are evaluated from left to right (JLS 15.7), so each model takes its own states.
        return new ComposedModel<>(
                List.of(first, second), given -> states.apply(first.assemble(given), second.assemble(given)));
    }

    /// Three models as one.
    public static <A, B, C, R> DecisionModel<R> compose(
            DecisionModel<A> first,
            DecisionModel<B> second,
            DecisionModel<C> third,
            States.Of3<? super A, ? super B, ? super C, ? extends R> states) {
        return new ComposedModel<>(
                List.of(first, second, third),
                given -> states.apply(first.assemble(given), second.assemble(given), third.assemble(given)));
    }

    /// Four models as one.
    public static <A, B, C, D, R> DecisionModel<R> compose(
            DecisionModel<A> first,
            DecisionModel<B> second,
            DecisionModel<C> third,
            DecisionModel<D> fourth,
            States.Of4<? super A, ? super B, ? super C, ? super D, ? extends R> states) {
        return new ComposedModel<>(
                List.of(first, second, third, fourth),
                given -> states.apply(
                        first.assemble(given), second.assemble(given), third.assemble(given), fourth.assemble(given)));
    }

    /// Five models as one. For more, compose composed ones.
    public static <A, B, C, D, E, R> DecisionModel<R> compose(
            DecisionModel<A> first,
            DecisionModel<B> second,
            DecisionModel<C> third,
            DecisionModel<D> fourth,
            DecisionModel<E> fifth,
            States.Of5<? super A, ? super B, ? super C, ? super D, ? super E, ? extends R> states) {
        return new ComposedModel<>(
                List.of(first, second, third, fourth, fifth),
                given -> states.apply(
                        first.assemble(given),
                        second.assemble(given),
                        third.assemble(given),
                        fourth.assemble(given),
                        fifth.assemble(given)));
    }

    /// One model for each key, for example for each product of a cart; the state maps each key to its model's.
    ///
    /// A store takes queries of limited size (`Limits.queryTermsMax`, 2,000 terms by default): with one type
    /// and one tag each, about 650 keys. None at all is a model that depends on nothing.
    ///
    /// @param keys a repeated one counts once; their order is that of the map
    public static <K, S> DecisionModel<Map<K, S>> each(
            Collection<? extends K> keys, Function<? super K, ? extends DecisionModel<S>> model) {
        Map<K, DecisionModel<S>> models = new LinkedHashMap<>();
        new LinkedHashSet<K>(keys).forEach(key -> models.put(key, model.apply(key)));
        return new ComposedModel<>(List.copyOf(models.values()), given -> {
            Map<K, S> states = new LinkedHashMap<>();
            models.forEach((key, part) -> states.put(key, part.assemble(given)));
            return Collections.unmodifiableMap(states);
        });
    }

    /// Any number of models of one kind; the state lists theirs in the same order.
    public static <S> DecisionModel<List<S>> all(List<? extends DecisionModel<S>> models) {
        List<DecisionModel<S>> parts = List.copyOf(models);
        return new ComposedModel<>(
                parts, given -> parts.stream().map(part -> part.assemble(given)).toList());
    }

    /// The same model seen as another state.
    public final <R> DecisionModel<R> map(Function<? super S, ? extends R> view) {
        return new ComposedModel<>(List.of(this), given -> view.apply(assemble(given)));
    }

    /// The small models that this one is made of, in order.
    abstract void addPartsTo(List<QueryModel<?>> parts);

    /// Takes as many states as this model has parts, in the order of [#addPartsTo], and makes one of them.
    abstract S assemble(Iterator<?> states);
}
