package dev.everfold.postgres;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Query;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/// A process that appends, and says what was acknowledged: a line `event-id position` each.
///
/// Arguments: store URI, number of this process, threads, appends of each thread. Each append asks that nobody else
/// appended to a boundary that all share every fiftieth time, and tries again when somebody did.
final class AppendingProcess {

    private static final LongAdder CONFLICTS = new LongAdder();

    private AppendingProcess() {}

    public static void main(String[] arguments) throws Exception {
        int process = Integer.parseInt(arguments[1]);
        int threads = Integer.parseInt(arguments[2]);
        int appends = Integer.parseInt(arguments[3]);
        try (EventStore store = PostgresEventStore.open(arguments[0])) {
            List<Thread> running = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                String writer = process + "-" + i;
                running.add(Thread.ofVirtual().start(() -> write(store, writer, appends)));
            }
            for (Thread thread : running) {
                thread.join();
            }
        }
        System.out.println("conflicts: " + CONFLICTS.sum() + " in all");
    }

    private static void write(EventStore store, String writer, int appends) {
        for (int i = 0; i < appends; ) {
            NewEvent event = NewEvent.of("writer-" + writer, "noted." + i % 3, "{\"number\":" + i + "}")
                    .withTags("writer:" + writer, i % 50 == 0 ? "shared" : "own:" + writer);
            Append append = Append.of(event);
            if (i % 50 == 0) {
                append = append.unless(Query.tags("shared"), store.nextPosition());
            }
            try {
                long position = store.append(append).fromPosition();
                say(event.id() + " " + position);
                i++;
            } catch (AppendConflictException conflict) {
                CONFLICTS.increment(); // somebody was faster
            }
        }
    }

    private static synchronized void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
