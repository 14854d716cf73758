package dev.everfold.search;

import dev.everfold.eventstore.EventStoreException;

/// An index that is read or written is not there: it was never made, or somebody deleted it or took its alias away.
///
/// Thrown by everything that names an index. Nothing was changed, the index least of all: it is never made on the
/// way, with mappings that the server guesses. Trying again does not help; what was in it has to be built again.
public final class IndexMissingException extends EventStoreException {

    private static final long serialVersionUID = 1L;

    private final String index;

    IndexMissingException(String index) {
        super(
                "Index \"" + index + "\" is not there; expected it, with the alias it is written by. Build what was in "
                        + "it again.",
                Stored.NO,
                false,
                null);
        this.index = index;
    }

    /// The index that is missing.
    public String index() {
        return index;
    }
}
