package dev.everfold.eventsourcing.snapshot;

import dev.everfold.eventstore.Bytes;

/// How a state becomes the bytes of a snapshot. Safe for many threads.
public interface StateCodec<S> {

    /// Number of the state's shape: a snapshot is read by the version that wrote it, and by no other.
    int schemaVersion();

    /// The bytes of a state.
    Bytes encode(S state);

    /// The state in bytes that [#encode] made.
    S decode(Bytes bytes);

    /// JSON of a record or a sealed interface of records. The schema version is a hash of its shape: the
    /// names and types of all components, of the records and enums in them too. A change of what the state
    /// *means* without a change of its shape needs [#withSchemaVersion].
    ///
    /// @throws IllegalArgumentException when the class cannot be stored as JSON, saying which part
    static <S> StateCodec<S> json(Class<S> state) {
        return JsonStateCodec.of(state);
    }

    /// The same bytes under a version that the application counts itself.
    default StateCodec<S> withSchemaVersion(int version) {
        StateCodec<S> same = this;
        return new StateCodec<>() {
            @Override
            public int schemaVersion() {
                return version;
            }

            @Override
            public Bytes encode(S state) {
                return same.encode(state);
            }

            @Override
            public S decode(Bytes bytes) {
                return same.decode(bytes);
            }
        };
    }
}
