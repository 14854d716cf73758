package dev.everfold.postgres;

import dev.everfold.eventstore.AppendCondition.NothingMatching;
import dev.everfold.postgres.AppendDecisions.AcceptedAppend;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What this process knows from its own appends of how the log ends, so that the server need not look up the
/// last revision of each stream, nor what came since a short while. Only the server can tell whether the log
/// still ends so; others append too. For one thread at a time.
///
/// What is known belongs to one append, named by its number and its id, on one server: after a failover,
/// another one may have the same append behind others. It is carried on only over a batch of which the server
/// said that it came right behind it.
final class KnownEnd {

    /// Some megabytes.
    private static final int STREAMS_MAX = 10_000;

    private final Map<String, Long> revisions = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > STREAMS_MAX;
        }
    };
    private @Nullable Long server;
    private @Nullable Long number;
    private @Nullable UUID id;
    private boolean likely;
    private long nextPosition;
    private final RecentEvents recent = new RecentEvents();

    /// Whether the log probably still ends so: nobody else appended between the last two calls.
    boolean isLikely() {
        return likely;
    }

    /// Whether a condition holds if the log still ends so, which is likely.
    boolean fulfils(NothingMatching nothing) {
        return likely
                && nothing.fromPosition() <= nextPosition
                && recent.nothingMatches(nothing.query(), nothing.fromPosition());
    }

    /// When the server was started, microseconds since 1970-01-01T00:00:00Z; null when nothing is known.
    @Nullable
    Long server() {
        return server;
    }

    /// Number of the newest append that is known; null when none is.
    @Nullable
    Long number() {
        return number;
    }

    /// Its id.
    @Nullable
    UUID id() {
        return id;
    }

    /// The last revision of each stream behind it; null where it is not known.
    List<@Nullable Long> revisions(List<String> streams) {
        List<@Nullable Long> last = new ArrayList<>(streams.size());
        streams.forEach(stream -> last.add(revisions.get(stream)));
        return last;
    }

    /// Learns from a call that stored an append at least.
    void learn(AppendCall.Stored stored, AppendDecisions committed) {
        if (!stored.unchanged()) {
            revisions.clear();
            recent.restart(stored.found().nextPosition());
        }
        committed.events().forEach(recent::add);
        nextPosition = committed.nextPosition();
        likely = stored.unchanged();
        server = stored.server();
        List<AcceptedAppend> accepted = committed.accepted();
        number = committed.firstNumber() + accepted.size() - 1;
        id = accepted.getLast().id();
        revisions.putAll(committed.revisions());
    }

    /// The server stored nothing, and perhaps since the log ends otherwise.
    void doubt() {
        likely = false;
    }

    /// Knows nothing any more: what was appended since is not known.
    void forget() {
        doubt();
        revisions.clear();
        server = null;
        number = null;
        id = null;
    }
}
