/// What an application writes against: typed events, deciders, boundaries.
///
/// A module whose events are not public opens their package to `tools.jackson.databind`.
module dev.everfold.eventsourcing {
    requires static org.jspecify;
    requires transitive dev.everfold.eventstore;
    requires transitive tools.jackson.databind;
    requires tools.jackson.core;
    requires static micrometer.core;

    exports dev.everfold.eventsourcing;
    exports dev.everfold.eventsourcing.boundary;
    exports dev.everfold.eventsourcing.codec;
    exports dev.everfold.eventsourcing.history;
    exports dev.everfold.eventsourcing.metrics;
    exports dev.everfold.eventsourcing.projection;
    exports dev.everfold.eventsourcing.reaction;
    exports dev.everfold.eventsourcing.snapshot;
    exports dev.everfold.eventsourcing.subscription;
    exports dev.everfold.eventsourcing.testing;
}
