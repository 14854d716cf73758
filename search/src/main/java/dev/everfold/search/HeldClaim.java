package dev.everfold.search;

import dev.everfold.eventsourcing.subscription.ClaimLostException;
import dev.everfold.search.ConsumerIndex.Stored;
import dev.everfold.search.Document.WriteToken;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// A claim that was in force when it was last looked at, and its document. For one thread.
///
/// A write whose outcome is unknown is settled before the next one: the document says whose claim is in force.
final class HeldClaim {

    /// How often a write of this claim may be overtaken by an earlier one of its own that arrives late.
    private static final int OVERTAKEN_MAX = 5;

    private final ConsumerIndex index;
    private final String consumer;
    private final String id;
    private final String claim;
    private final Duration lease;
    private final Clock clock;

    private ClaimState state;

    /// Null after a write whose outcome is unknown.
    private @Nullable WriteToken token;

    HeldClaim(ConsumerIndex index, String consumer, String id, Stored<ClaimState> stored, Duration lease, Clock clock) {
        this.index = index;
        this.consumer = consumer;
        this.id = id;
        this.claim = stored.content().claim();
        this.state = stored.content();
        this.token = stored.token();
        this.lease = lease;
        this.clock = clock;
    }

    /// Writes a claim in place of what was found; in force when nobody else was there in between.
    ///
    /// @param found empty when nobody has claimed yet
    static Optional<HeldClaim> take(
            ConsumerIndex index,
            String consumer,
            String id,
            Optional<Stored<ClaimState>> found,
            ClaimState claimed,
            Duration lease,
            Clock clock) {
        Optional<WriteToken> written = found.isPresent()
                ? index.replace(id, found.get().token(), claimed.json())
                : index.create(id, claimed.json());
        return written.map(token -> new HeldClaim(index, consumer, id, new Stored<>(claimed, token), lease, clock));
    }

    String id() {
        return id;
    }

    ClaimState state() {
        return state;
    }

    Instant now() {
        return clock.instant();
    }

    /// Finds out what became of a write whose outcome is unknown.
    ///
    /// @throws ClaimLostException when another claim is in force, or the document is gone
    void settle() {
        if (token == null) {
            require();
        }
    }

    /// @throws ClaimLostException when another one is in force, or the document is gone
    void require() {
        Optional<Stored<ClaimState>> found = index.claim(id);
        if (found.isEmpty()) {
            throw new ClaimLostException(consumer, "its build was deleted");
        }
        ClaimState now = found.get().content();
        if (!now.claim().equals(claim)) {
            throw new ClaimLostException(
                    consumer,
                    now.fenced()
                            ? "another build takes its place (process \"" + now.owner() + "\")"
                            : "process \"" + now.owner() + "\" has claimed it");
        }
        state = now;
        token = found.get().token();
    }

    /// Changes the document and renews the lease.
    ///
    /// @throws ClaimLostException when another claim is in force; nothing changed
    void write(UnaryOperator<ClaimState> change) {
        for (int overtaken = 0; overtaken < OVERTAKEN_MAX; overtaken++) {
            WriteToken expected = token;
            if (expected == null) {
                require();
                continue;
            }
            ClaimState next = change.apply(state).until(clock.instant().plus(lease));
            token = null;
            Optional<WriteToken> written = index.replace(id, expected, next.json());
            if (written.isPresent()) {
                state = next;
                token = written.get();
                return;
            }
        }
        throw new ClaimLostException(consumer, "its document is changed again and again");
    }

    /// Gives the claim back. Never throws.
    void release() {
        try {
            WriteToken expected = token;
            if (expected != null) {
                index.replace(id, expected, state.until(Instant.EPOCH).json());
            }
        } catch (RuntimeException leftToTheLease) {
            // Others may claim when the lease has ended.
        }
    }
}
