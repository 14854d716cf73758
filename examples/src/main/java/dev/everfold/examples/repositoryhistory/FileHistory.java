package dev.everfold.examples.repositoryhistory;

import dev.everfold.eventsourcing.codec.EventMetadata;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// How a file came to be as it is: what was done to it, when, by whom, and as part of which commit.
///
/// @param steps in the order in which they occurred
record FileHistory(List<FileHistory.Step> steps) {

    /// One thing that was done to the file.
    ///
    /// @param occurred when
    /// @param who the author of the commit
    /// @param event what
    /// @param commit as part of what
    record Step(Instant occurred, String who, RepositoryEvent.OfFile event, RepositoryEvent.CommitMade commit) {

        @Override
        public String toString() {
            String what = switch (event) {
                case RepositoryEvent.FileAdded _ -> "added";
                case RepositoryEvent.FileChanged _ -> "changed";
                case RepositoryEvent.FileRemoved _ -> "removed";
            };
            return occurred + "  " + who + "  " + what + " in commit " + commit.number() + ", which touched "
                    + commit.files() + (commit.files() == 1 ? " file" : " files");
        }
    }

    static FileHistory of(EventStore store, String path) {
        List<Step> steps = new ArrayList<>();
        for (RecordedEvent recorded : store.read(Read.stream("file-" + path)).toList()) {
            for (RepositoryEvent event : RepositoryEvent.CODEC.decode(recorded)) {
                if (event instanceof RepositoryEvent.OfFile ofFile) {
                    steps.add(step(store, recorded, ofFile));
                }
            }
        }
        steps.sort(Comparator.comparing(Step::occurred));
        return new FileHistory(List.copyOf(steps));
    }

    private static Step step(EventStore store, RecordedEvent recorded, RepositoryEvent.OfFile event) {
        // The log comes from elsewhere: who it was stands beside what Everfold itself writes.
        String who = EventMetadata.of(recorded).other().getOrDefault("actor", "somebody");
        return new Step(recorded.occurred().orElseGet(recorded::recorded), who, event, commit(store, event.commit()));
    }

    private static RepositoryEvent.CommitMade commit(EventStore store, int number) {
        RecordedEvent commit = store.read(
                        Read.stream("commits").fromRevision(number).limit(1))
                .toList()
                .getFirst();
        return (RepositoryEvent.CommitMade) RepositoryEvent.CODEC.decode(commit).getFirst();
    }
}
