package dev.everfold.eventsourcing.history;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Read;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// A store that notes what is read from it.
record WatchedReads(EventStore store, List<Read> reads) {

    static WatchedReads on(EventStore delegate) {
        List<Read> reads = new CopyOnWriteArrayList<>();
        Object watched = Proxy.newProxyInstance(
                EventStore.class.getClassLoader(), new Class<?>[] {EventStore.class}, (_, method, arguments) -> {
                    if (method.getName().equals("read")) {
                        reads.add((Read) arguments[0]);
                    }
                    try {
                        return method.invoke(delegate, arguments);
                    } catch (InvocationTargetException refused) {
                        throw refused.getCause();
                    }
                });
        return new WatchedReads((EventStore) watched, reads);
    }
}
