package dev.everfold.eventsourcing.history;

import dev.everfold.eventstore.EventStore;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/// What the suites of this package begin with: an empty store of ledgers.
@Timeout(120)
abstract class LedgerSuite {

    LedgerStore ledgers;

    abstract EventStore openStore();

    @BeforeEach
    void openLedgers() {
        ledgers = new LedgerStore(openStore());
    }

    @AfterEach
    void closeLedgers() {
        ledgers.close();
    }

    /// Two ledgers: one event arrives late, one says no time, one is dated ahead.
    void recordTwoLedgers() {
        record("1", new Ledger.Opened("alice", "EUR"), day(1), day(1));
        record("2", new Ledger.Opened("bob", "EUR"), day(1), day(1));
        record("1", new Ledger.Moved(100), day(5), day(5));
        record("1", new Ledger.Moved(20), day(3), day(6));
        ledgers.record(LedgerStore.event("2", new Ledger.Moved(7)), day(7));
        record("1", new Ledger.Moved(-50), day(9), day(8));
    }

    void record(String id, Ledger.Event event, Instant occurred, Instant recorded) {
        ledgers.record(LedgerStore.event(id, event).occurredAt(occurred), recorded);
    }

    static Instant day(int ofJanuary) {
        return LedgerStore.day(ofJanuary);
    }
}
