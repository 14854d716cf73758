package dev.everfold.postgres;

import dev.everfold.eventstore.Limits;
import java.time.Duration;
import java.util.regex.Pattern;

/// Settings of the engine on PostgreSQL. Immutable; each `with…` method returns a changed copy.
///
/// @param limits what the store takes at once; names of at most 2,600 bytes, which an index entry holds
/// @param schema where the store is; lower case letters, digits and `_`, not a digit first, at most 63
/// @param partitionEvents events of one partition of a store that is created; 1,000..10^12. A store that
///     exists keeps its own
/// @param connectionsMax connections of the pool; one more listens while somebody waits. 2..1,000
/// @param batchEventsMax events that are committed together
/// @param batchBytesMax appends that are committed together, encoded; one larger append is a batch of its own
/// @param queueBytesMax appends that wait to be committed, encoded; beyond it callers block
/// @param connectMax how long to wait for a connection
/// @param lockMax how long a batch waits for the sequencer, which another process or an enlisted append holds
/// @param answerMax how long the server may take to answer before it is taken for gone; a second more than
///     `lockMax` at least
public record PostgresOptions(
        Limits limits,
        String schema,
        long partitionEvents,
        int connectionsMax,
        int batchEventsMax,
        int batchBytesMax,
        int queueBytesMax,
        Duration connectMax,
        Duration lockMax,
        Duration answerMax) {

    private static final int NAME_BYTES_MAX = 2_600;
    private static final Pattern SCHEMA = Pattern.compile("[a-z_][a-z0-9_]{0,62}");

    /// Schema `everfold`; partitions of 10,000,000 events; 10 connections; batches of 2,000 events and
    /// 4 MiB; a queue of 64 MiB; 10 s for a connection, 15 s for the sequencer, 60 s for an answer.
    public static final PostgresOptions DEFAULTS = new PostgresOptions(
            Limits.DEFAULTS,
            "everfold",
            10_000_000,
            10,
            2_000,
            4 << 20,
            64 << 20,
            Duration.ofSeconds(10),
            Duration.ofSeconds(15),
            Duration.ofSeconds(60));

    /// @throws IllegalArgumentException when a setting is out of its range
    public PostgresOptions {
        if (!SCHEMA.matcher(schema).matches() || schema.startsWith("pg_")) {
            throw new IllegalArgumentException("The schema \"" + schema + "\" is not a name for one; expected lower"
                    + " case letters, digits and _, not a digit first, not pg_…, at most 63 characters.");
        }
        checkRange("limits.nameBytesMax", limits.nameBytesMax(), 1, NAME_BYTES_MAX);
        checkRange("partitionEvents", partitionEvents, 1_000, 1_000_000_000_000L);
        checkRange("connectionsMax", connectionsMax, 2, 1_000);
        checkRange("batchEventsMax", batchEventsMax, 1, 100_000);
        checkRange("batchBytesMax", batchBytesMax, 4 << 10, 64 << 20);
        checkRange("queueBytesMax", queueBytesMax, 64 << 10, 1 << 30);
        checkRange("connectMax in milliseconds", connectMax.toMillis(), 250, 600_000);
        checkRange("lockMax in milliseconds", lockMax.toMillis(), 1, 3_600_000);
        checkRange("answerMax in milliseconds", answerMax.toMillis(), 1_000, 3_600_000);
    }

    /// The same options with other limits.
    public PostgresOptions withLimits(Limits newLimits) {
        return new PostgresOptions(
                newLimits,
                schema,
                partitionEvents,
                connectionsMax,
                batchEventsMax,
                batchBytesMax,
                queueBytesMax,
                connectMax,
                lockMax,
                answerMax);
    }

    /// The same options with another schema.
    public PostgresOptions withSchema(String name) {
        return new PostgresOptions(
                limits,
                name,
                partitionEvents,
                connectionsMax,
                batchEventsMax,
                batchBytesMax,
                queueBytesMax,
                connectMax,
                lockMax,
                answerMax);
    }

    /// The same options with another number of events in a partition of a store that is created.
    public PostgresOptions withPartitionEvents(long events) {
        return new PostgresOptions(
                limits,
                schema,
                events,
                connectionsMax,
                batchEventsMax,
                batchBytesMax,
                queueBytesMax,
                connectMax,
                lockMax,
                answerMax);
    }

    /// The same options with another number of connections.
    public PostgresOptions withConnectionsMax(int connections) {
        return new PostgresOptions(
                limits,
                schema,
                partitionEvents,
                connections,
                batchEventsMax,
                batchBytesMax,
                queueBytesMax,
                connectMax,
                lockMax,
                answerMax);
    }

    /// The same options with another number of events in a batch.
    public PostgresOptions withBatchEventsMax(int events) {
        return new PostgresOptions(
                limits,
                schema,
                partitionEvents,
                connectionsMax,
                events,
                batchBytesMax,
                queueBytesMax,
                connectMax,
                lockMax,
                answerMax);
    }

    /// The same options with other times to wait: for a connection, for the sequencer, for an answer.
    public PostgresOptions withTimes(Duration connect, Duration lock, Duration answer) {
        return new PostgresOptions(
                limits,
                schema,
                partitionEvents,
                connectionsMax,
                batchEventsMax,
                batchBytesMax,
                queueBytesMax,
                connect,
                lock,
                answer);
    }

    private static void checkRange(String setting, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(
                    "PostgresOptions." + setting + " is " + value + "; expected " + min + ".." + max + ".");
        }
    }
}
