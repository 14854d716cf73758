package dev.everfold.benchmarks.peers;

import java.util.List;

/// All that are compared; the first is what the others are compared with.
final class Contenders {

    static final List<Contender> ALL = List.of(
            new Contender("Everfold log", "log:DIRECTORY with its defaults; group commit of its own", LogSession::open),
            new Contender("RocksDB", RocksStore.SETTINGS, folder -> new PeerSession(new RocksStore(folder))),
            new Contender("SQLite", SqliteStore.SETTINGS, folder -> new PeerSession(new SqliteStore(folder))),
            new Contender("H2 MVStore", MapStore.SETTINGS, folder -> new PeerSession(new MapStore(folder))));

    private Contenders() {}
}
