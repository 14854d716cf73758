package dev.everfold.kurrent.group;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A client's place in its group, with the messages that it has and has not answered. For the
/// thread of its dispatcher only.
final class Seat {

    private final Subscriber subscriber;
    private final int number;
    private final long sinceMillis;
    private final Map<UUID, Message> inFlight = new HashMap<>();
    private final AnswerTimes answerTimes = new AnswerTimes();
    private long total;
    private long totalAtLastLook;

    /// @param number tells it from every other seat of the group
    Seat(Subscriber subscriber, int number, long nowMillis) {
        this.subscriber = subscriber;
        this.number = number;
        this.sinceMillis = nowMillis;
    }

    Subscriber subscriber() {
        return subscriber;
    }

    int number() {
        return number;
    }

    int inFlight() {
        return inFlight.size();
    }

    boolean hasRoom() {
        return inFlight.size() < subscriber.bufferSize() && subscriber.isReady();
    }

    /// Whether the message can go there: there is room, no other message that would be
    /// answered with the same id, and the client may see it.
    boolean takes(Message message) {
        return hasRoom() && !inFlight.containsKey(message.id()) && maySee(message);
    }

    boolean maySee(Message message) {
        return subscriber.maySee(message.delivery());
    }

    void send(Message message, long nowMillis) {
        inFlight.put(message.id(), message);
        message.sent(this, nowMillis);
        total++;
        subscriber.deliver(message.delivery(), message.retries());
    }

    /// Takes away a message; null when it is not there.
    @Nullable
    Message take(UUID id) {
        return inFlight.remove(id);
    }

    /// Takes away what was answered; null when it is not there.
    @Nullable
    Message answered(UUID id, long nowMillis) {
        Message message = take(id);
        if (message != null) {
            answerTimes.add(nowMillis - message.sentAtMillis());
        }
        return message;
    }

    List<Message> takeAll() {
        List<Message> all = new ArrayList<>(inFlight.values());
        inFlight.clear();
        all.sort(Message.ORDER);
        return all;
    }

    GroupFigures.OfSubscriber figures(long nowMillis) {
        long sinceLastLook = total - totalAtLastLook;
        totalAtLastLook = total;
        return new GroupFigures.OfSubscriber(
                subscriber.identity(),
                GroupFigures.perSecond(total, nowMillis - sinceMillis),
                total,
                sinceLastLook,
                Math.max(0, subscriber.bufferSize() - inFlight.size()),
                inFlight.size(),
                answerTimes.figures());
    }
}
