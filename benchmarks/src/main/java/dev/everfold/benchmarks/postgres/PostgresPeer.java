package dev.everfold.benchmarks.postgres;

/// Something that stores events in PostgreSQL, and is compared.
///
/// @param name how it is called in the tables
/// @param settings what it was told, printed above the tables
/// @param reads whether its reads are measured
/// @param opening opens it in a database, which is empty the first time
record PostgresPeer(String name, String settings, boolean reads, Opening opening) {

    /// Opens a peer.
    @FunctionalInterface
    interface Opening {
        PostgresSession open(PostgresServer server, String database) throws Exception;
    }
}
