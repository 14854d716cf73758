package dev.everfold.jdbc;

import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.Set;

/// What an [SQLException] means. PostgreSQL speaks in SQL states, SQLite in result codes and without a state.
///
/// Sources: appendix A of PostgreSQL's manual; "Result and Error Codes" of SQLite's.
final class SqlFailures {

    private static final String POSTGRESQL_UNDEFINED_TABLE = "42P01";
    private static final String POSTGRESQL_CARDINALITY_VIOLATION = "21000";
    private static final Set<String> POSTGRESQL_CONFLICTS = Set.of(
            "40001", // serialization_failure
            "40P01"); // deadlock_detected
    private static final Set<String> POSTGRESQL_TRANSIENT = Set.of(
            "25006", // read_only_sql_transaction: a server that is a standby, until another one takes its place
            "55P03", // lock_not_available
            "25P03"); // idle_in_transaction_session_timeout
    /// A constraint that is checked at the commit, or a trigger, said no.
    private static final Set<String> REFUSED_CLASSES = Set.of("23", "44", "P0", "22", "42");

    private static final Set<String> TRANSIENT_CLASSES = Set.of(
            "08", // connection
            "40", // rolled back
            "53", // out of memory, disk, connections
            "57", // cancelled, shutting down, starting up
            "58"); // input and output

    private static final int SQLITE_ERROR = 1;
    private static final int SQLITE_CONSTRAINT = 19;
    private static final Set<Integer> SQLITE_DAMAGED = Set.of(
            11, // CORRUPT
            26); // NOTADB
    private static final Set<Integer> SQLITE_CONFLICTS = Set.of(
            5, // BUSY
            6); // LOCKED
    private static final Set<Integer> SQLITE_TRANSIENT = Set.of(
            9, // INTERRUPT
            10, // IOERR
            13, // FULL
            14); // CANTOPEN

    private SqlFailures() {}

    /// A table that a statement names is not there.
    static boolean isTableMissing(SQLException failure) {
        return POSTGRESQL_UNDEFINED_TABLE.equals(failure.getSQLState())
                || (isSqlite(failure)
                        && failure.getErrorCode() == SQLITE_ERROR
                        && String.valueOf(failure.getMessage()).contains("no such table"));
    }

    /// The transaction is rolled back since another one was in its way; the same again may succeed at once.
    static boolean isConflict(SQLException failure) {
        String state = failure.getSQLState();
        return (state != null && POSTGRESQL_CONFLICTS.contains(state))
                || (isSqlite(failure) && SQLITE_CONFLICTS.contains(failure.getErrorCode()));
    }

    /// The same call may succeed later.
    static boolean isTransient(SQLException failure) {
        String state = failure.getSQLState();
        return failure instanceof SQLTransientException
                || failure instanceof SQLRecoverableException
                || failure instanceof SQLNonTransientConnectionException
                || isConflict(failure)
                || (state != null && POSTGRESQL_TRANSIENT.contains(state))
                || (state != null && state.length() == 5 && TRANSIENT_CLASSES.contains(state.substring(0, 2)))
                || (isSqlite(failure) && SQLITE_TRANSIENT.contains(failure.getErrorCode()));
    }

    /// One insert was to change a row twice, which it cannot: the rows would have to be those of several
    /// statements. Or a subquery has found more than one row.
    static boolean isRowTwice(SQLException failure) {
        return POSTGRESQL_CARDINALITY_VIOLATION.equals(failure.getSQLState());
    }

    /// The database took a commit and said no to what it holds: it is rolled back.
    static boolean isRefusedCommit(SQLException failure) {
        String state = failure.getSQLState();
        return (state != null && state.length() == 5 && REFUSED_CLASSES.contains(state.substring(0, 2)))
                || (isSqlite(failure) && (failure.getErrorCode() & 0xFF) == SQLITE_CONSTRAINT);
    }

    /// The file is not SQLite's, or not any more.
    static boolean isDamagedFile(SQLException failure) {
        return isSqlite(failure) && SQLITE_DAMAGED.contains(failure.getErrorCode() & 0xFF);
    }

    private static boolean isSqlite(SQLException failure) {
        return failure.getSQLState() == null;
    }
}
