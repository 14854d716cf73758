package dev.everfold.kurrent.group;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// A client's side of its membership of a group. Safe for use by many threads; may block while the group is busy.
public final class Member {

    private final GroupSession session;
    private final Subscriber subscriber;

    Member(GroupSession session, Subscriber subscriber) {
        this.session = session;
        this.subscriber = subscriber;
    }

    /// The client has done its work with these messages; ids that it does not have are ignored.
    public void ack(List<UUID> ids) throws InterruptedException {
        boolean _ = session.put(new Command.Ack(subscriber, ids));
    }

    /// The client could not work with these messages; ids that it does not have are ignored.
    public void nack(List<UUID> ids, NackAction action, String reason) throws InterruptedException {
        boolean _ = session.put(new Command.Nack(subscriber, ids, action, reason));
    }

    /// The client goes or is gone; what it has and has not answered is given to others.
    public void leave() throws InterruptedException {
        boolean _ = session.put(new Command.Leave(subscriber, Optional.empty()));
    }

    /// The client wants to be told that it is dropped.
    public void stop() throws InterruptedException {
        expel(GroupException.dropped(session.group().key(), "was stopped by this client"));
    }

    /// The client has to go, and is told why.
    public void expel(RuntimeException reason) throws InterruptedException {
        boolean _ = session.put(new Command.Leave(subscriber, Optional.of(reason)));
    }

    /// The client may take messages again; never blocks.
    public void ready() {
        session.wake();
    }
}
