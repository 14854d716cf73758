package dev.everfold.postgres;

import dev.everfold.eventstore.AppendCondition.NothingMatching;
import dev.everfold.postgres.AppendDecisions.AcceptedAppend;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What this process knows from its own appends of how the log ends, so that it can decide the next ones by
/// itself: position, time, the last revisions of streams, and what came of late. Only the server can tell whether
/// the log still ends so; others append too. For one thread at a time.
final class KnownEnd {

    /// Where processes take turns, each finds now and then that nobody came between; that is not to be counted on.
    private static final int CALLS_MIN = 3;

    /// Some megabytes.
    private static final int STREAMS_MAX = 10_000;

    /// As the server compares ids: by their bytes.
    private static final Comparator<UUID> BY_BYTES = Comparator.comparing(
                    UUID::getMostSignificantBits, Long::compareUnsigned)
            .thenComparing(UUID::getLeastSignificantBits, Long::compareUnsigned);

    private final Map<String, Long> revisions = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > STREAMS_MAX;
        }
    };
    private final RecentEvents recent = new RecentEvents();
    private @Nullable LogEnd end;
    private int calls;
    private long nextPosition;
    private long lastRecordedMicros;
    private @Nullable UUID highestId;

    /// Whether the log probably still ends so: nobody else appended before each of the last calls.
    boolean isLikely() {
        return calls >= CALLS_MIN;
    }

    /// How the log ended after the last append of this process.
    LogEnd end() {
        if (end == null) {
            throw new IllegalStateException("How the log ends is not known.");
        }
        return end;
    }

    /// Whether a condition holds if the log still ends so.
    boolean fulfils(NothingMatching nothing) {
        return nothing.fromPosition() <= nextPosition && recent.nothingMatches(nothing.query(), nothing.fromPosition());
    }

    /// Whether an append with that id may be remembered if the log still ends so. Ids are mostly made in the
    /// order of time (UUID version 7), and one above all that there are is new.
    boolean mayRemember(UUID appendId) {
        return highestId == null || BY_BYTES.compare(appendId, highestId) <= 0;
    }

    /// Whether the highest id of remembered appends is known.
    boolean isHighestIdKnown() {
        return highestId != null;
    }

    /// The last revision of each stream of which it is known.
    Map<String, Long> revisions(List<String> streams) {
        Map<String, Long> known = new HashMap<>();
        for (String stream : streams) {
            Long revision = revisions.get(stream);
            if (revision != null) {
                known.put(stream, revision);
            }
        }
        return known;
    }

    /// What appends behind the known end are decided on.
    Found found(Map<String, Long> lastRevisions) {
        return Found.clear(nextPosition, lastRecordedMicros, end(), lastRevisions);
    }

    /// Learns from a batch that was stored, one append of it at least.
    void learn(AppendDecisions stored) {
        if (stored.before().equals(end)) {
            calls = Math.min(calls + 1, CALLS_MIN);
        } else {
            calls = 0;
            revisions.clear();
            recent.restart(stored.firstPosition());
            highestId = null;
        }
        stored.events().forEach(recent::add);
        nextPosition = stored.nextPosition();
        lastRecordedMicros = stored.lastRecordedMicros();
        end = stored.end();
        revisions.putAll(stored.revisions());
        if (highestId != null) {
            for (AcceptedAppend append : stored.accepted()) {
                learnHighestId(append.id());
            }
        }
    }

    /// Learns of the highest id of the appends that the server remembers, read since this process last appended.
    void learnHighestId(UUID remembered) {
        if (highestId == null || BY_BYTES.compare(remembered, highestId) > 0) {
            highestId = remembered;
        }
    }

    /// The server stored nothing, and perhaps since the log ends otherwise.
    void doubt() {
        calls = 0;
    }
}
