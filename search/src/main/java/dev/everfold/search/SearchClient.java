package dev.everfold.search;

import dev.everfold.eventstore.EventStoreException.Stored;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;

/// A server that has been asked who it is. Safe for many threads.
final class SearchClient implements AutoCloseable {

    private static final int ASKED_MAX = 20;
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final Transport transport;
    private final ServerInfo server;
    private final Indices indices;
    private final Documents documents;
    private final ConditionalWrites conditionalWrites;

    private SearchClient(Transport transport, ServerInfo server, int bulkBytesMax) {
        this.transport = transport;
        this.server = server;
        this.indices = new Indices(transport);
        this.documents = new Documents(transport, bulkBytesMax);
        this.conditionalWrites = new ConditionalWrites(transport);
    }

    /// Asks the server who it is.
    ///
    /// @throws SearchFailedException when it does not answer
    /// @throws UnsupportedServerException when it is none that is known
    static SearchClient open(SearchOptions options) {
        return open(options, new Transport(options));
    }

    /// The same with requests sent by a transport, which is closed with the client.
    static SearchClient open(SearchOptions options, Transport transport) {
        try {
            return new SearchClient(transport, ask(options, transport), options.bulkBytesMax());
        } catch (RuntimeException failed) {
            transport.close();
            throw failed;
        }
    }

    private static ServerInfo ask(SearchOptions options, Transport transport) {
        Call who = Call.reading("Asking " + options.server() + " who it is", "GET", ServerInfo.PATH);
        for (int asked = 0; asked < ASKED_MAX; asked++) {
            JsonNode statistics = transport.send(who).body();
            if (!ServerInfo.isMissing(statistics)) {
                return ServerInfo.parse(statistics);
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
        throw new SearchFailedException(who.what(), "none of its nodes could be counted.", Stored.NO, true, null);
    }

    ServerInfo server() {
        return server;
    }

    Indices indices() {
        return indices;
    }

    Documents documents() {
        return documents;
    }

    ConditionalWrites conditionalWrites() {
        return conditionalWrites;
    }

    PointInTime pointInTime(IndexName index) {
        return PointInTime.open(transport, server.product(), index);
    }

    /// Ends what is under way.
    @Override
    public void close() {
        transport.close();
    }
}
