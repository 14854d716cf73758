package dev.everfold.benchmarks.peers;

import dev.everfold.cli.bench.ReadData;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.RecordedEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// A store of another make with [GroupCommit] in front.
final class PeerSession implements Session {

    private static final int LOAD_BATCH_EVENTS = 10_000;

    private final IndexedStore store;
    private final GroupCommit front;

    PeerSession(IndexedStore store) {
        this.store = store;
        this.front = new GroupCommit(store);
    }

    @Override
    public void append(String stream, long streamEvents, List<NewEvent> events) throws Exception {
        front.append(new PeerAppend(
                PeerAppend.hash(stream),
                streamEvents,
                events.stream().map(PeerAppend.Event::of).toList()));
    }

    @Override
    public void load(ReadData data) throws Exception {
        List<PeerAppend.Event> events = new ArrayList<>();
        for (int position = 0; position < data.events(); position++) {
            events.add(PeerAppend.Event.of(data.event(position)));
            if (events.size() == LOAD_BATCH_EVENTS || position == data.events() - 1) {
                front.append(new PeerAppend(0, PeerAppend.ANY, List.copyOf(events)));
                events.clear();
            }
        }
    }

    @Override
    public void readStream(String stream, Consumer<RecordedEvent> consumer) throws Exception {
        store.readStream(PeerAppend.hash(stream), consumer);
    }

    @Override
    public void scan(Consumer<RecordedEvent> consumer) throws Exception {
        store.scan(consumer);
    }

    @Override
    public void close() {
        front.close();
        store.close();
    }
}
