package dev.everfold.benchmarks.postgres;

import com.zaxxer.hikari.HikariDataSource;
import dev.everfold.benchmarks.commands.AxonJpa;
import dev.everfold.eventstore.NewEvent;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.axonframework.conversion.json.JacksonConverter;
import org.axonframework.eventsourcing.eventstore.AggregateBasedConsistencyMarker;
import org.axonframework.eventsourcing.eventstore.AppendCondition;
import org.axonframework.eventsourcing.eventstore.EventStorageEngine;
import org.axonframework.eventsourcing.eventstore.GenericTaggedEventMessage;
import org.axonframework.eventsourcing.eventstore.SourcingCondition;
import org.axonframework.eventsourcing.eventstore.jpa.AggregateBasedJpaEventStorageEngine;
import org.axonframework.messaging.core.MessageStream;
import org.axonframework.messaging.core.MessageType;
import org.axonframework.messaging.eventhandling.EventMessage;
import org.axonframework.messaging.eventhandling.GenericEventMessage;
import org.axonframework.messaging.eventhandling.conversion.DelegatingEventConverter;
import org.axonframework.messaging.eventhandling.processing.streaming.token.TrackingToken;
import org.axonframework.messaging.eventstreaming.EventCriteria;
import org.axonframework.messaging.eventstreaming.StreamingCondition;
import org.axonframework.messaging.eventstreaming.Tag;

/// Axon's JPA engine by itself, without the framework above it: bytes in, bytes out, no conversion.
final class AxonSession implements PostgresSession {

    private static final String AGGREGATE = "bench";
    private static final long ALL = Long.MAX_VALUE;
    private static final Duration WAIT_MAX = Duration.ofSeconds(30);

    private final HikariDataSource pool;
    private final AxonJpa jpa;
    private final AggregateBasedJpaEventStorageEngine engine;

    private AxonSession(HikariDataSource pool, AxonJpa.Data data) {
        this.pool = pool;
        this.jpa = AxonJpa.open(pool, data);
        this.engine = jpa.engine(new DelegatingEventConverter(new JacksonConverter()));
    }

    static AxonSession open(PostgresServer server, String database, AxonJpa.Data data) throws SQLException {
        return new AxonSession(server.pool(database, AxonJpa.CONNECTIONS, false), data);
    }

    @Override
    public void append(NewEvent event, long revision) {
        Tag tag = new Tag(AGGREGATE, event.stream());
        EventMessage message = new GenericEventMessage(
                event.id().toString(),
                new MessageType(event.type()),
                event.data().toArray(),
                Map.of(),
                Instant.now());
        AppendCondition condition = AppendCondition.withCriteria(EventCriteria.havingTags(tag))
                .withMarker(new AggregateBasedConsistencyMarker(event.stream(), revision - 1));
        commit(engine.appendEvents(condition, null, List.of(new GenericTaggedEventMessage<>(message, Set.of(tag))))
                .join());
    }

    private static <R> void commit(EventStorageEngine.AppendTransaction<R> transaction) {
        R committed = transaction.commit(null).join();
        transaction.afterCommit(committed, null).join();
    }

    @Override
    public long readStream(String stream) {
        SourcingCondition condition =
                SourcingCondition.conditionFor(EventCriteria.havingTags(new Tag(AGGREGATE, stream)));
        return count(engine.source(condition, null), ALL);
    }

    @Override
    public long scan(long events) {
        TrackingToken first = jpa.inTransaction(() -> engine.firstToken(null).join());
        StreamingCondition condition = StreamingCondition.startingFrom(first);
        return count(engine.stream(condition, null), events);
    }

    /// Reads so many, or to the end; a stream of all events has none, and may have nothing for a moment.
    private static long count(MessageStream<EventMessage> stream, long max) {
        long deadlineNanos = System.nanoTime() + WAIT_MAX.toNanos();
        long count = 0;
        try {
            while (count < max) {
                Optional<MessageStream.Entry<EventMessage>> entry = stream.next();
                if (entry.isEmpty()) {
                    if (max == ALL || stream.isCompleted() || System.nanoTime() > deadlineNanos) {
                        break;
                    }
                    Thread.onSpinWait();
                } else if (entry.get().message().payload() instanceof byte[] payload && payload.length > 0) {
                    // What a stream ends with has no bytes.
                    count++;
                }
            }
            stream.error().ifPresent(failure -> {
                throw new IllegalStateException("The events cannot be read.", failure);
            });
            return count;
        } finally {
            stream.close();
        }
    }

    @Override
    public void close() {
        engine.close();
        jpa.close();
        pool.close();
    }
}
