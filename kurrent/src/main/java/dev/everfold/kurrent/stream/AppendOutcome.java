package dev.everfold.kurrent.stream;

import java.util.List;
import java.util.Map;

/// What became of an append.
public sealed interface AppendOutcome {

    /// It is stored, now or already before.
    ///
    /// @param position of its last event in our log; of the log's last event when it had none; -1 in an empty log
    /// @param revisions for each stream that was written, the revision of the append's last event
    ///     there, or, when it got none, of the stream's last event; -1 when there is none
    record Stored(long position, Map<String, Long> revisions) implements AppendOutcome {
        /// Copies the map.
        public Stored {
            revisions = Map.copyOf(revisions);
        }
    }

    /// Nothing is stored.
    ///
    /// @param violations all streams that were not as expected, in the order of the request
    record Refused(List<Violation> violations) implements AppendOutcome {
        /// Copies the list.
        public Refused {
            violations = List.copyOf(violations);
        }
    }
}
