package dev.everfold.kurrent.group;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The clients of a group and whose turn it is. For the thread of its dispatcher only.
final class Seats {

    private final ConsumerStrategy strategy;
    private final List<Seat> seats = new ArrayList<>();
    private int turn;
    private int joined;

    Seats(ConsumerStrategy strategy) {
        this.strategy = strategy;
    }

    int size() {
        return seats.size();
    }

    List<Seat> all() {
        return List.copyOf(seats);
    }

    void add(Subscriber subscriber, long nowMillis) {
        seats.add(new Seat(subscriber, joined, nowMillis));
        joined++;
    }

    Optional<Seat> of(Subscriber subscriber) {
        return seats.stream()
                .filter(seat -> seat.subscriber().equals(subscriber))
                .findFirst();
    }

    void remove(Seat seat) {
        seats.remove(seat);
    }

    boolean haveRoom() {
        for (Seat seat : seats) {
            if (seat.hasRoom()) {
                return true;
            }
        }
        return false;
    }

    /// Whether there are clients, and none of them may see the message.
    boolean isHidden(Message message) {
        return seats.stream().noneMatch(seat -> seat.maySee(message))
                && seats.stream().anyMatch(seat -> seat.subscriber().mayStay());
    }

    /// Whether others may get messages while this one, which is before them, waits for a client:
    /// they do not all wait for the same.
    boolean canSkip(Message message) {
        return strategy.isPinned() || !seats.stream().allMatch(seat -> seat.maySee(message));
    }

    /// Who gets the message now; empty when it has to wait.
    Optional<Seat> choose(Message message) {
        return switch (strategy) {
            case ROUND_ROBIN -> next(message);
            case DISPATCH_TO_SINGLE ->
                seats.stream().filter(seat -> seat.takes(message)).findFirst();
            case PINNED, PINNED_BY_CORRELATION -> pinned(message).filter(seat -> seat.takes(message));
        };
    }

    private Optional<Seat> next(Message message) {
        for (int i = 0; i < seats.size(); i++) {
            Seat seat = seats.get((turn + i) % seats.size());
            if (seat.takes(message)) {
                turn = (turn + i + 1) % seats.size();
                return Optional.of(seat);
            }
        }
        return Optional.empty();
    }

    /// The seat whose number mixed with the message's pin is the largest (rendezvous hashing), of those
    /// that may see it: when a client comes or leaves, only what is now or was its own moves.
    private Optional<Seat> pinned(Message message) {
        Seat best = null;
        int highest = 0;
        for (Seat seat : seats) {
            int weight = mix(message.pin() ^ mix(seat.number() + 1));
            if ((best == null || weight > highest) && seat.maySee(message)) {
                best = seat;
                highest = weight;
            }
        }
        return Optional.ofNullable(best);
    }

    /// Spreads every bit over all of them (the finalizer of MurmurHash3).
    private static int mix(int bits) {
        int mixed = bits;
        mixed = (mixed ^ (mixed >>> 16)) * 0x85ebca6b;
        mixed = (mixed ^ (mixed >>> 13)) * 0xc2b2ae35;
        return mixed ^ (mixed >>> 16);
    }
}
