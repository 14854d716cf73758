package dev.everfold.examples.repositoryhistory;

import dev.everfold.eventsourcing.codec.EventCodec;
import dev.everfold.eventsourcing.codec.EventType;

/// What happened in the repository, as it stands in the log.
sealed interface RepositoryEvent {

    EventCodec<RepositoryEvent> CODEC = EventCodec.of(RepositoryEvent.class);

    /// A commit of the main line; its number is its revision in stream `commits`.
    @EventType("CommitMade")
    record CommitMade(int number, int files) implements RepositoryEvent {}

    /// What a commit did to a file; in stream `file-` and the path.
    sealed interface OfFile extends RepositoryEvent {
        String path();

        int commit();
    }

    @EventType("FileAdded")
    record FileAdded(String path, int commit, String blob) implements OfFile {}

    @EventType("FileChanged")
    record FileChanged(String path, int commit, String blob) implements OfFile {}

    @EventType("FileRemoved")
    record FileRemoved(String path, int commit) implements OfFile {}
}
