package dev.everfold.postgres;

import dev.everfold.eventstore.EventStoreException;
import dev.everfold.eventstore.OutcomeUnknownException;
import dev.everfold.eventstore.StorageFullException;
import dev.everfold.eventstore.StoreUnavailableException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientConnectionException;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// What an error of the server or the driver means: was anything stored, may one try again, what is to be done.
///
/// By the five characters of its SQLSTATE (PostgreSQL manual, appendix A).
final class SqlFailures {

    static final String OTHER_ISOLATION = "EF001";

    /// The server ends connections: it stops, starts, or an administrator wants it so.
    private static final Set<String> ENDED = Set.of("57P01", "57P02", "57P03", "57P05", "25P03", "08P01");

    private static final Set<String> WRONG_LOGIN = Set.of("28000", "28P01", "3D000");

    private SqlFailures() {}

    /// Whether the connection is gone, so that nobody said what became of what was sent last.
    static boolean isLost(SQLException failure) {
        String state = state(failure);
        return state.startsWith("08")
                || ENDED.contains(state)
                || failure instanceof SQLRecoverableException
                || failure instanceof SQLTransientConnectionException;
    }

    /// Whether each append of the batch would meet the same.
    static boolean concernsAll(SQLException failure) {
        String state = state(failure);
        return state.equals("53100")
                || state.equals("55P03")
                || state.equals("25006")
                || state.equals("42501")
                || state.equals(OTHER_ISOLATION);
    }

    /// Whether a row with the same key was there already.
    static boolean isDuplicate(SQLException failure) {
        return state(failure).equals("23505");
    }

    /// Whether a row found no partition: an event and its tags have no other checks.
    static boolean isOutsidePartitions(SQLException failure) {
        return state(failure).equals("23514");
    }

    /// The failure of a read, an opening, or an append of which nothing is stored.
    static EventStoreException nothingStored(SQLException failure, String store) {
        String state = state(failure);
        if (state.equals("53100")) {
            return new StorageFullException(store, failure);
        }
        String reason = reason(failure);
        Optional<String> unknown = unknownHost(failure);
        if (unknown.isPresent()) {
            return new StoreUnavailableException(
                    "The store in " + store + " cannot be reached: the host \"" + unknown.get()
                            + "\" is not known here. Nothing was stored. Correct the URI, or see that the name can be"
                            + " looked up.",
                    true,
                    failure);
        }
        if (isLost(failure) || state.startsWith("53")) {
            return new StoreUnavailableException(
                    "The store in " + store + " cannot be reached: " + reason
                            + " Nothing was stored. It goes on as soon as the server answers.",
                    true,
                    failure);
        }
        if (WRONG_LOGIN.contains(state)) {
            return new StoreUnavailableException(
                    "The store in " + store + " cannot be opened: " + reason
                            + " Correct user, password or database of the URI.",
                    false,
                    failure);
        }
        return switch (state) {
            case "55P03" ->
                new StoreUnavailableException(
                        "The store in " + store + " took no append in time, since another transaction holds its"
                                + " sequencer or one of its tables; nothing was stored. Repeat the append; end what"
                                + " holds it if it lasts.",
                        true,
                        failure);
            case "57014" ->
                new StoreUnavailableException(
                        "A statement on the store in " + store + " was cancelled: " + reason
                                + " Nothing was stored. Repeat it.",
                        true,
                        failure);
            case "25006" ->
                new StoreUnavailableException(
                        "The store in " + store + " takes no appends: the server or the connection is read-only."
                                + " Nothing was stored. Connect to the primary.",
                        true,
                        failure);
            case "42501" ->
                new StoreUnavailableException(
                        "The store in " + store + " does not let this user: " + reason
                                + " Nothing was stored. Grant it, or open with mode=read.",
                        false,
                        failure);
            case OTHER_ISOLATION ->
                new StoreUnavailableException(
                        "The store in " + store + " was given a transaction of isolation \"" + reasonOf(failure)
                                + "\"; expected read committed, since others do not see what was committed while they"
                                + " wait. Nothing was stored. Correct default_transaction_isolation or the pool.",
                        false,
                        failure);
            default ->
                new StoreUnavailableException(
                        "The store in " + store + " failed: " + reason + " Nothing was stored (SQLSTATE " + state
                                + ").",
                        state.startsWith("40"),
                        failure);
        };
    }

    /// The failure of an append whose commit was not answered.
    static OutcomeUnknownException unknown(Throwable failure, String store) {
        String reason = failure instanceof SQLException sql ? reason(sql) : String.valueOf(failure.getMessage());
        String trimmed = reason.endsWith(".") ? reason.substring(0, reason.length() - 1) : reason;
        return new OutcomeUnknownException(
                "The connection to the store in " + store + " was lost while it committed (" + trimmed + ")", failure);
    }

    static String state(SQLException failure) {
        return Objects.requireNonNullElse(failure.getSQLState(), "");
    }

    /// Of the driver, only the cause says so.
    private static Optional<String> unknownHost(SQLException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnknownHostException unknown) {
                return Optional.ofNullable(unknown.getMessage());
            }
        }
        return Optional.empty();
    }

    /// What the server said, as one sentence.
    private static String reason(SQLException failure) {
        String line = reasonOf(failure);
        return line.isEmpty() || ".!?".indexOf(line.charAt(line.length() - 1)) < 0 ? line + "." : line;
    }

    private static String reasonOf(SQLException failure) {
        Throwable said = failure;
        // A pool says only that there was no connection in time; its cause says why.
        if (failure instanceof SQLTransientConnectionException && failure.getCause() instanceof SQLException cause) {
            said = cause;
        }
        String line =
                String.valueOf(said.getMessage()).lines().findFirst().orElse("").strip();
        return line.replaceFirst("^(ERROR|FATAL|PANIC): ", "");
    }
}
