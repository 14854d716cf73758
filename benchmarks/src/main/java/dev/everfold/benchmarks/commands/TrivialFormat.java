package dev.everfold.benchmarks.commands;

import dev.everfold.eventsourcing.codec.JsonFormat;
import dev.everfold.eventsourcing.codec.PayloadFormat;
import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.NewEvent;
import tools.jackson.databind.node.ObjectNode;

/// Reads every event as the same one, so that what is measured is all but the decoding of its data.
final class TrivialFormat implements PayloadFormat {

    private static final AccountEvent.Deposited DEPOSITED = new AccountEvent.Deposited("x", 1);
    private static final AccountEvent.Opened OPENED = new AccountEvent.Opened("x");

    @Override
    public String contentType() {
        return NewEvent.JSON;
    }

    @Override
    public Bytes encode(Object event) {
        return JsonFormat.standard().encode(event);
    }

    @Override
    public <T> T decode(Bytes data, Class<T> type) {
        return type.cast(type == AccountEvent.Deposited.class ? DEPOSITED : OPENED);
    }

    @Override
    public ObjectNode readTree(Bytes data) {
        return JsonFormat.standard().readTree(data);
    }

    @Override
    public <T> T decode(ObjectNode tree, Class<T> type) {
        return JsonFormat.standard().decode(tree, type);
    }
}
