package dev.everfold.examples;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.Expected;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;

/// The code of README, as a program: `FirstSteps FOLDER`.
public final class FirstSteps {

    private FirstSteps() {}

    /// Runs the code.
    ///
    /// @param arguments a folder that is new or empty
    public static void main(String[] arguments) {
        run(arguments[0]);
    }

    static void run(String folder) {
        try (EventStore store = EventStores.open("log:" + folder)) {
            // One append: all of it, or nothing. Here only if the stream has no event yet.
            store.append(Append.of(
                            NewEvent.of("order-17", "order.placed", "{\"cents\":4200}")
                                    .withTags("customer:alice"),
                            NewEvent.of("order-17", "order.paid", "{\"cents\":4200}")
                                    .withTags("customer:alice"))
                    .expecting("order-17", Expected.noStream()));

            // A state is a fold over events.
            boolean paid = false;
            try (EventCursor cursor = store.read(Read.stream("order-17"))) {
                while (cursor.hasNext()) {
                    paid |= cursor.next().type().equals("order.paid");
                }
            }
            System.out.println("order-17 is " + (paid ? "paid" : "not paid"));

            // A dynamic consistency boundary: decide on all that concerns alice, in whatever stream it is,
            // and append only if nothing was added to it since.
            Query boundary = Query.tags("customer:alice");
            EventCursor seen = store.read(Read.matching(boundary));
            int ofAlice = seen.toList().size();
            store.append(Append.of(NewEvent.of("order-18", "order.placed", "{\"number\":" + ofAlice + "}")
                            .withTags("customer:alice"))
                    .unless(boundary, seen.nextPosition()));
        }
    }
}
