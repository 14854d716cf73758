/// Conformance suites for engines, and what tests of stores need: clocks that obey, operations from a seed,
/// histories of concurrent clients and their checker.
module dev.everfold.testkit {
    requires transitive dev.everfold.eventstore;
    requires transitive org.junit.jupiter.api;
    requires transitive org.assertj.core;
    requires static org.jspecify;

    exports dev.everfold.testkit;
    exports dev.everfold.testkit.history;

    // JUnit calls the tests by reflection.
    opens dev.everfold.testkit;
}
