package dev.everfold.kurrent.group;

import dev.everfold.kurrent.stream.Delivery;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SequencedSet;
import java.util.TreeSet;
import java.util.UUID;

/// Which message is where: ready, in flight, to be parked, done. It neither reads nor appends nor waits, and is told
/// what time it is. For one thread.
final class Dispatcher {

    /// Bytes of messages that are not done; nothing more is read while there are as many.
    private static final long HELD_BYTES_MAX = 32 << 20;

    /// A message that is to be parked, and why.
    record Parked(Message message, String reason) {}

    private final GroupSettings settings;
    private final Seats seats;
    private final Ledger events;
    private final Ledger replayed;
    private final NavigableSet<Message> ready = new TreeSet<>(Message.ORDER);
    private final SequencedSet<Message> inFlight = new LinkedHashSet<>();
    private final List<Parked> parking = new ArrayList<>();
    private final long sinceMillis;
    private boolean isLive;
    private long heldBytes;
    private long total;
    private long totalAtLastLook;
    private long done;
    private boolean isChanged;

    /// @param from what was done before
    /// @param firstParked where replays begin in the parked stream
    Dispatcher(GroupSettings settings, Checkpoint from, long firstParked, long nowMillis) {
        this.settings = settings;
        this.seats = new Seats(settings.strategy());
        this.events = new Ledger(from);
        this.replayed = new Ledger(Checkpoint.at(from.generation(), firstParked));
        this.sinceMillis = nowMillis;
    }

    // Clients.

    int subscribers() {
        return seats.size();
    }

    /// Takes a client.
    ///
    /// @return false when there are as many as there may be
    boolean join(Subscriber subscriber, long nowMillis) {
        if (settings.maxSubscriberCount() > 0 && seats.size() >= settings.maxSubscriberCount()) {
            return false;
        }
        seats.add(subscriber, nowMillis);
        return true;
    }

    /// Lets a client go; what it had in flight is for others now.
    ///
    /// @return false when it was not there
    boolean leave(Subscriber subscriber) {
        Optional<Seat> seat = seats.of(subscriber);
        seat.ifPresent(left -> {
            seats.remove(left);
            for (Message message : left.takeAll()) {
                inFlight.remove(message);
                retry(message, "The client left without an answer");
            }
        });
        return seat.isPresent();
    }

    List<Subscriber> all() {
        return seats.all().stream().map(Seat::subscriber).toList();
    }

    // Reading.

    Ledger events() {
        return events;
    }

    Ledger replayed() {
        return replayed;
    }

    /// Whether it is time to read: half of what may wait has gone. One event costs as much to read as a batch, so
    /// nothing is read for each message that goes.
    boolean wantsBatch() {
        return ready.size() <= bufferSize() / 2 && heldBytes < HELD_BYTES_MAX;
    }

    /// Whether there is room for another event of a batch.
    boolean wantsMore() {
        return ready.size() < bufferSize() && heldBytes < HELD_BYTES_MAX;
    }

    private int bufferSize() {
        return isLive ? settings.liveBufferSize() : settings.historyBufferSize();
    }

    /// Whether everything that there is was read at least once.
    void live(boolean hasCaughtUp) {
        isLive = hasCaughtUp;
    }

    /// The next event of the group's source, with its place there.
    void offer(Delivery delivery, long place) {
        OptionalInt retries = events.retriesOf(place);
        if (retries.isPresent()) {
            add(new Message(delivery, place, false, pin(delivery), retries.getAsInt()), events);
        }
    }

    /// The next event that was parked and is to be given again, with its revision in the parked stream.
    void offerReplayed(Delivery delivery, long revision) {
        add(new Message(delivery, revision, true, pin(delivery), 0), replayed);
    }

    private int pin(Delivery delivery) {
        return Pins.of(delivery, settings.strategy());
    }

    private void add(Message message, Ledger ledger) {
        ledger.add(message);
        ready.add(message);
        heldBytes += message.bytes();
    }

    // Answers.

    /// The client has done its work with a message.
    void ack(Subscriber subscriber, UUID id, long nowMillis) {
        take(subscriber, id, nowMillis).ifPresent(this::done);
    }

    /// The client has not, and what is to become of the message.
    void nack(Subscriber subscriber, UUID id, NackAction action, String reason, long nowMillis) {
        take(subscriber, id, nowMillis).ifPresent(message -> {
            switch (action) {
                case RETRY -> retry(message, reason);
                case PARK -> park(message, reason);
                case SKIP -> done(message);
            }
        });
    }

    private Optional<Message> take(Subscriber subscriber, UUID id, long nowMillis) {
        Optional<Message> message =
                seats.of(subscriber).flatMap(seat -> Optional.ofNullable(seat.answered(id, nowMillis)));
        message.ifPresent(inFlight::remove);
        return message;
    }

    private void retry(Message message, String reason) {
        isChanged = true;
        if (message.retries() >= settings.maxRetryCount()) {
            String often = "Given again " + message.retries() + " times, as often as it may";
            park(message, reason.isEmpty() ? often : often + ". " + reason);
        } else {
            message.returned();
            ready.add(message);
        }
    }

    private void park(Message message, String reason) {
        parking.add(new Parked(message, reason));
    }

    private void done(Message message) {
        (message.isReplayed() ? replayed : events).done(message);
        heldBytes -= message.bytes();
        done++;
        isChanged = true;
    }

    // Time.

    /// Takes messages back that clients have not answered in time.
    void expire(long nowMillis) {
        while (nowMillis >= nextExpiryMillis().orElse(Long.MAX_VALUE)) {
            Message late = inFlight.removeFirst();
            late.takeBack();
            retry(late, "No answer within " + settings.messageTimeoutMillis() + " ms");
        }
    }

    /// When the next message is to be taken back; empty when none is.
    OptionalLong nextExpiryMillis() {
        return inFlight.isEmpty() || settings.messageTimeoutMillis() == 0
                ? OptionalLong.empty()
                : OptionalLong.of(inFlight.getFirst().sentAtMillis() + settings.messageTimeoutMillis());
    }

    // Sending.

    /// Gives messages to clients for as long as there are both.
    void push(long nowMillis) {
        Iterator<Message> messages = ready.iterator();
        while (messages.hasNext() && seats.haveRoom()) {
            Message message = messages.next();
            Optional<Seat> seat = seats.choose(message);
            if (seat.isPresent()) {
                messages.remove();
                inFlight.add(message);
                seat.get().send(message, nowMillis);
                total++;
                isChanged = true;
            } else if (seats.isHidden(message)) {
                messages.remove();
                leaveOut(message);
            } else if (!seats.canSkip(message)) {
                return;
            }
        }
    }

    /// No client that is there may see it. What was set aside before stays set aside.
    private void leaveOut(Message message) {
        if (message.isReplayed()) {
            park(message, "No client of the group may read it");
        } else {
            done(message);
        }
    }

    // What is to be kept.

    /// Messages that are to be parked; they are not done before [#parked].
    List<Parked> parking() {
        return List.copyOf(parking);
    }

    /// All that were to be parked are.
    void parked() {
        parking.forEach(one -> done(one.message()));
        parking.clear();
    }

    Checkpoint checkpoint(long generation) {
        return events.checkpoint(generation);
    }

    /// How many messages are done since [#checkpointed].
    long done() {
        return done;
    }

    /// Whether a checkpoint would say anything new.
    boolean isChanged() {
        return isChanged;
    }

    void checkpointed() {
        done = 0;
        isChanged = false;
    }

    // Figures.

    GroupFigures figures(long nowMillis) {
        int retrying = (int) ready.stream().filter(one -> !one.isFresh()).count();
        long sinceLastLook = total - totalAtLastLook;
        totalAtLastLook = total;
        return new GroupFigures(
                isLive,
                GroupFigures.perSecond(total, nowMillis - sinceMillis),
                total,
                sinceLastLook,
                ready.size() - retrying,
                retrying,
                inFlight.size(),
                seats.all().stream().map(seat -> seat.figures(nowMillis)).toList());
    }
}
