package dev.everfold.server.security;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStoreException;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.kurrent.Caller;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import tools.jackson.databind.json.JsonMapper;

/// The stream `$audit`: who was let in, who was not, who changed whom, and who set the policy.
///
/// Never a password, nor anything of other events. Of failed logins so many a minute at most; what was left out is
/// counted in the next. What cannot be stored is logged, and nothing waits for it. Safe for use by many threads.
final class Audit {

    static final String STREAM = "$audit";

    /// Failed logins that are stored within one minute.
    static final int FAILURES_OF_MINUTE_MAX = 30;

    private static final System.Logger LOGGER = System.getLogger(Audit.class.getName());
    private static final JsonMapper JSON = new JsonMapper();
    private static final long MINUTE_NANOS = 60_000_000_000L;

    private final EventStore store;
    private final LongSupplier nanos;

    // Guarded by this.
    private long minuteBegunNanos;
    private int ofMinute;
    private long leftOut;

    Audit(EventStore store, LongSupplier nanos) {
        this.store = store;
        this.nanos = nanos;
        this.minuteBegunNanos = nanos.getAsLong();
    }

    /// That a user was changed; stored by whoever changes it, in the same append.
    static NewEvent userChanged(String login, String change, Caller by) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("user", login);
        fields.put("change", change);
        putBy(fields, by);
        return event("$UserChanged", fields);
    }

    /// That a policy was set; stored by whoever sets it, in the same append.
    ///
    /// @param revision of the event that holds it
    static NewEvent policyChanged(long revision, int rules, Caller by) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("revision", revision);
        fields.put("rules", rules);
        putBy(fields, by);
        return event("$PolicyChanged", fields);
    }

    /// That a token was made or revoked; stored by whoever does it, in the same append.
    static NewEvent tokenChanged(String login, ApiToken token, String change, Caller by) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("user", login);
        fields.put("token", token.name());
        fields.put("change", change);
        putBy(fields, by);
        fields.put("expires", token.expires().toString());
        token.groups().ifPresent(groups -> fields.put("groups", new ArrayList<>(new TreeSet<>(groups))));
        return event("$TokenChanged", fields);
    }

    /// Who it was, and which proxy said so, if one did.
    private static void putBy(Map<String, Object> fields, Caller by) {
        fields.put("by", by.name());
        if (Pass.KEY.get() instanceof Pass.OfProxy(String proxy)) {
            fields.put("proxy", proxy);
        }
    }

    /// That a server has begun.
    ///
    /// @param security by name, for example whether there is TLS
    void started(Map<String, Object> security) {
        append(event("$ServerStarted", security));
    }

    /// That somebody was not let in.
    ///
    /// @param login a user that exists, or empty: what is no user may be a password at the wrong place
    void loginFailed(String login, String address) {
        Map<String, Object> fields = new LinkedHashMap<>();
        synchronized (this) {
            if (nanos.getAsLong() - minuteBegunNanos > MINUTE_NANOS) {
                minuteBegunNanos = nanos.getAsLong();
                ofMinute = 0;
            }
            if (++ofMinute > FAILURES_OF_MINUTE_MAX) {
                leftOut++;
                return;
            }
            if (!login.isEmpty()) {
                fields.put("user", login);
            }
            fields.put("address", address);
            if (leftOut > 0) {
                fields.put("leftOutBefore", leftOut);
                leftOut = 0;
            }
        }
        append(event("$LoginFailed", fields));
    }

    private void append(NewEvent event) {
        try {
            var _ = store.appendAsync(Append.of(event)).whenComplete((_, failure) -> {
                if (failure != null) {
                    warn(event, failure);
                }
            });
        } catch (EventStoreException | IllegalArgumentException refused) {
            warn(event, refused);
        }
    }

    private static void warn(NewEvent event, Throwable failure) {
        LOGGER.log(Level.WARNING, "not audited type={0} reason={1}", event.type(), failure.getMessage());
    }

    private static NewEvent event(String type, Map<String, Object> fields) {
        return NewEvent.of(STREAM, type, Bytes.of(JSON.writeValueAsBytes(fields)));
    }
}
