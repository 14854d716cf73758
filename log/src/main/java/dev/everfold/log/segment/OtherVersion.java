package dev.everfold.log.segment;

import dev.everfold.eventstore.StoreUnavailableException;

/// What is said of files that another version of Everfold wrote: they are whole, and not for us.
final class OtherVersion {

    private OtherVersion() {}

    /// The refusal of a file or a store.
    ///
    /// @param what which file or store
    /// @param found its format version, other than ours
    /// @param ours the version that we read
    static StoreUnavailableException refused(String what, int found, int ours) {
        return new StoreUnavailableException(
                what + " has format version " + found + "; this program reads version " + ours
                        + (found > ours
                                ? ". Use a newer version of Everfold."
                                : ". Use the version of Everfold that wrote it to export its events, and import them"
                                        + " here."),
                false,
                null);
    }
}
