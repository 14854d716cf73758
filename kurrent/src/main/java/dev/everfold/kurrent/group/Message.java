package dev.everfold.kurrent.group;

import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.kurrent.stream.Delivery;
import java.util.Comparator;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// An event that a group has read and that is not done. For the thread of its dispatcher only.
///
/// It is ready, in flight with one client, or about to be parked; after that, or when a client has acknowledged it, it
/// is done and forgotten.
final class Message {

    /// What was parked first, then in the order of the log: so what is given again comes before what is new.
    static final Comparator<Message> ORDER =
            Comparator.comparing((Message one) -> !one.isReplayed).thenComparingLong(one -> one.place);

    private final Delivery delivery;
    private final long place;
    private final boolean isReplayed;
    private final int pin;
    private int retries;
    private boolean isFresh = true;
    private @Nullable Seat seat;
    private long sentAtMillis;

    /// @param isReplayed whether it comes from the parked stream and its place is there
    /// @param pin the same for messages that are to go to the same client
    Message(Delivery delivery, long place, boolean isReplayed, int pin, int retries) {
        this.delivery = delivery;
        this.place = place;
        this.isReplayed = isReplayed;
        this.pin = pin;
        this.retries = retries;
    }

    Delivery delivery() {
        return delivery;
    }

    long place() {
        return place;
    }

    boolean isReplayed() {
        return isReplayed;
    }

    int pin() {
        return pin;
    }

    /// How often it was given again.
    int retries() {
        return retries;
    }

    /// Whether no client was ever given it.
    boolean isFresh() {
        return isFresh;
    }

    /// What clients answer with: the id of the link where there is one.
    UUID id() {
        return delivery.found().id();
    }

    int bytes() {
        return delivery.event().map(RecordedEvent::recordBytes).orElse(0)
                + delivery.link().map(RecordedEvent::recordBytes).orElse(0);
    }

    long sentAtMillis() {
        return sentAtMillis;
    }

    void sent(Seat to, long nowMillis) {
        seat = to;
        sentAtMillis = nowMillis;
        isFresh = false;
    }

    /// Takes it away from the client that has it.
    void takeBack() {
        if (seat != null) {
            seat.take(id());
            seat = null;
        }
    }

    /// It is to be given again.
    void returned() {
        seat = null;
        retries++;
    }
}
