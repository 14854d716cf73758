package dev.everfold.server.security;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStoreException;
import dev.everfold.eventstore.Expected;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.kurrent.Caller;
import dev.everfold.kurrent.StreamRights;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/// The policy of a store, kept as events in the store.
///
/// ```
/// $policies   $PolicySet       {"form":1,"rules":[{"prefix":…,"readers":[…],"appenders":[…]}]}
/// $audit      $PolicyChanged   who set which revision, in the same append
/// ```
///
/// The newest event holds. Until it was read, and while it is not understood, only administrators may read or append.
/// When the store cannot be asked later, what was known goes on. Safe for use by many threads.
public final class Policies {

    /// Where they are.
    static final String STREAM = "$policies";

    private static final System.Logger LOGGER = System.getLogger(Policies.class.getName());

    private final EventStore store;
    private final List<BiConsumer<Policy, Policy>> watchers = new ArrayList<>();
    private volatile Policy current = Policy.notUnderstood(-1);
    private volatile boolean isBehind = true;

    // Guarded by this.
    private boolean isRead;
    private boolean isLogged;

    /// Of a store, which it neither opens nor closes. It has read nothing yet.
    Policies(EventStore store) {
        this.store = store;
    }

    /// Is told of each policy that holds now, after it began to, with the one before; called before others
    /// share this.
    void watch(BiConsumer<Policy, Policy> watcher) {
        watchers.add(watcher);
    }

    /// What holds here.
    public Policy current() {
        return current;
    }

    /// What holds, after a look at the store.
    public Policy latest() {
        follow();
        return current;
    }

    /// What it leaves to a caller.
    public StreamRights of(Caller caller) {
        return current.of(caller);
    }

    /// Sets another one, which holds here when this returns.
    ///
    /// @param revision of the one that it replaces, -1 for none
    /// @param by who asked for it
    /// @throws IllegalArgumentException when the rules make no policy
    /// @throws PolicyConflictException when another one is there
    /// @throws EventStoreException when the store does not take it
    public Policy set(List<PolicyRule> rules, long revision, Caller by) {
        if (revision < -1) {
            throw new IllegalArgumentException(
                    "The revision " + revision + " is none; expected that of the policy, or -1 where there is none.");
        }
        Policy next = Policy.of(revision + 1, rules);
        Expected expected = revision < 0 ? Expected.noStream() : Expected.revision(revision);
        try {
            var _ = store.append(Append.of(
                            NewEvent.of(STREAM, Policy.TYPE, next.encode()),
                            Audit.policyChanged(next.revision(), next.size(), by))
                    .expecting(STREAM, expected));
        } catch (AppendConflictException changed) {
            throw new PolicyConflictException(revision, latest().revision());
        } finally {
            follow();
        }
        return next;
    }

    /// Looks whether another one holds.
    synchronized void follow() {
        try (EventCursor cursor = store.read(Read.stream(STREAM).backwards().limit(1))) {
            Optional<RecordedEvent> newest = cursor.hasNext() ? Optional.of(cursor.next()) : Optional.empty();
            isBehind = false;
            if (!isRead || newest.map(RecordedEvent::revision).orElse(-1L) > current.revision()) {
                isRead = true;
                hold(newest.map(Policies::decode).orElse(Policy.NONE));
            }
        } catch (EventStoreException unavailable) {
            isBehind = true;
            if (!isRead && !isLogged) {
                isLogged = true;
                LOGGER.log(
                        Level.ERROR,
                        "policy not read, so only $admins read and append reason={0}",
                        unavailable.getMessage());
            }
        }
    }

    /// Looks again where the last look failed.
    void followIfBehind() {
        if (isBehind) {
            follow();
        }
    }

    private static Policy decode(RecordedEvent event) {
        try {
            return Policy.decode(event);
        } catch (IllegalArgumentException newer) {
            LOGGER.log(
                    Level.ERROR,
                    "policy not understood, so only $admins read and append revision={0,number,#} reason={1}",
                    event.revision(),
                    newer.getMessage());
            return Policy.notUnderstood(event.revision());
        }
    }

    private void hold(Policy next) {
        Policy before = current;
        current = next;
        if (next.isUnderstood() && next.revision() >= 0) {
            LOGGER.log(
                    Level.INFO, "policy holds revision={0,number,#} rules={1,number,#}", next.revision(), next.size());
        }
        watchers.forEach(watcher -> watcher.accept(before, next));
    }
}
