package dev.everfold.eventsourcing.boundary;

import java.util.Iterator;
import java.util.List;
import java.util.function.Function;

/// Models put together; it adds no events of its own.
final class ComposedModel<S> extends DecisionModel<S> {

    private final List<? extends DecisionModel<?>> models;
    private final Function<Iterator<?>, ? extends S> assembly;

    ComposedModel(List<? extends DecisionModel<?>> models, Function<Iterator<?>, ? extends S> assembly) {
        this.models = models;
        this.assembly = assembly;
    }

    @Override
    void addPartsTo(List<QueryModel<?>> parts) {
        models.forEach(model -> model.addPartsTo(parts));
    }

    @Override
    S assemble(Iterator<?> states) {
        return assembly.apply(states);
    }
}
