package dev.everfold.benchmarks.postgres;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.everfold.eventstore.NewEvent;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.pattern.Patterns;
import org.apache.pekko.persistence.jdbc.query.javadsl.JdbcReadJournal;
import org.apache.pekko.persistence.jdbc.testkit.javadsl.SchemaUtils;
import org.apache.pekko.persistence.journal.Tagged;
import org.apache.pekko.persistence.query.EventEnvelope;
import org.apache.pekko.persistence.query.Offset;
import org.apache.pekko.persistence.query.PersistenceQuery;
import org.apache.pekko.stream.javadsl.Source;

/// Pekko's journal in a SQL database: a persistent actor for each stream, bytes in, bytes out.
final class PekkoSession implements PostgresSession {

    private static final Duration ANSWER_MAX = Duration.ofSeconds(30);

    /// What is not used; the rest is as it comes.
    private static final String CONFIG = """
            pekko {
              loglevel = WARNING
              stdout-loglevel = WARNING
              log-dead-letters = off
              coordinated-shutdown.run-by-jvm-shutdown-hook = off
              actor.allow-java-serialization = off
              persistence.journal.plugin = "jdbc-journal"
              persistence.snapshot-store.plugin = "pekko.persistence.no-snapshot-store"
            }
            """;

    private final ActorSystem system;
    private final JdbcReadJournal journal;
    private final ConcurrentMap<String, ActorRef> writers = new ConcurrentHashMap<>();

    private PekkoSession(ActorSystem system) {
        this.system = system;
        this.journal =
                PersistenceQuery.get(system).getReadJournalFor(JdbcReadJournal.class, JdbcReadJournal.Identifier());
    }

    static PekkoSession open(PostgresServer server, String database) {
        Map<String, String> slick = Map.of(
                "profile", "slick.jdbc.PostgresProfile$",
                "db.driver", "org.postgresql.Driver",
                "db.url", server.jdbcUrl(database),
                "db.user", PostgresServer.USER,
                "db.password", "");
        Config config = ConfigFactory.parseMap(slick)
                .atPath("jdbc-journal.slick")
                .withFallback(ConfigFactory.parseMap(slick).atPath("jdbc-read-journal.slick"))
                .withFallback(ConfigFactory.parseString(CONFIG))
                .withFallback(ConfigFactory.load());
        ActorSystem system = ActorSystem.create("bench", config);
        join(SchemaUtils.createIfNotExists(system).toCompletableFuture());
        return new PekkoSession(system);
    }

    @Override
    public void append(NewEvent event, long revision) {
        ActorRef writer = writers.computeIfAbsent(event.stream(), stream -> system.actorOf(PekkoWriter.of(stream)));
        Tagged tagged = new Tagged(event.data().toArray(), new HashSet<>(event.tags()));
        Object answer = join(Patterns.ask(writer, tagged, ANSWER_MAX).toCompletableFuture());
        if (!answer.equals(revision + 1)) {
            throw new IllegalStateException(
                    "The event was stored as number " + answer + "; expected " + (revision + 1) + ".");
        }
    }

    @Override
    public long readStream(String stream) {
        return count(journal.currentEventsByPersistenceId(stream, 0, Long.MAX_VALUE));
    }

    /// By a tag that all events have: there is no way to ask for all. The journal learns of new positions by
    /// asking now and then, so the first scan of a session may have to be repeated until it has.
    @Override
    public long scan(long events) {
        long deadlineNanos = System.nanoTime() + ANSWER_MAX.toNanos();
        while (true) {
            long count = count(journal.currentEventsByTag(PostgresComparison.TAG, Offset.noOffset()));
            if (count >= events || System.nanoTime() > deadlineNanos) {
                return count;
            }
        }
    }

    private long count(Source<EventEnvelope, NotUsed> events) {
        return join(events.runFold(0L, (count, envelope) -> count + (isWhole(envelope) ? 1 : 0), system)
                .toCompletableFuture());
    }

    private static boolean isWhole(EventEnvelope envelope) {
        return envelope.event() instanceof byte[] data && data.length > 0;
    }

    private static <T> T join(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException failed) {
            throw new IllegalStateException("Pekko refused: " + failed.getCause(), failed);
        }
    }

    @Override
    public void close() {
        system.terminate();
        join(system.getWhenTerminated().toCompletableFuture());
    }
}
