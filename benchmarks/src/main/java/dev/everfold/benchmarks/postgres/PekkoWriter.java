package dev.everfold.benchmarks.postgres;

import org.apache.pekko.actor.Props;
import org.apache.pekko.actor.Status;
import org.apache.pekko.persistence.AbstractPersistentActor;
import org.apache.pekko.persistence.journal.Tagged;

/// A persistent actor without a state: it stores what it is sent and answers with its number, 1 for the first.
final class PekkoWriter extends AbstractPersistentActor {

    private final String stream;

    private PekkoWriter(String stream) {
        this.stream = stream;
    }

    /// How one is made.
    static Props of(String stream) {
        return Props.create(PekkoWriter.class, () -> new PekkoWriter(stream));
    }

    @Override
    public String persistenceId() {
        return stream;
    }

    @Override
    public Receive createReceive() {
        return receiveBuilder()
                .match(Tagged.class, event -> persist(event, _ -> getSender().tell(lastSequenceNr(), getSelf())))
                .build();
    }

    @Override
    public Receive createReceiveRecover() {
        return receiveBuilder().matchAny(_ -> {}).build();
    }

    @Override
    public void onPersistFailure(Throwable cause, Object event, long sequenceNumber) {
        getSender().tell(new Status.Failure(cause), getSelf());
    }

    @Override
    public void onPersistRejected(Throwable cause, Object event, long sequenceNumber) {
        getSender().tell(new Status.Failure(cause), getSelf());
    }
}
