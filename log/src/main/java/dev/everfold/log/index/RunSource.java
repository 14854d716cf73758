package dev.everfold.log.index;

import java.io.IOException;
import java.util.SortedMap;

/// What a run is written from: a full memtable, or adjacent runs that are merged.
interface RunSource {

    /// What the run covers.
    RunFormat.Info info();

    /// How much there is of everything; exact, since it decides where everything stands in the
    /// file.
    Contents contents();

    /// Gives all terms in the unsigned order of their hashes, then all appends, oldest first.
    void writeTo(RunWriter writer) throws IOException;

    /// How much a run holds, and what is small enough to be handed over whole.
    ///
    /// @param terms how many terms
    /// @param postings positions of all terms that stand at two or more
    /// @param streams how many streams begin here
    /// @param appends how many appends are remembered
    /// @param appendsDropped how many older ones of the same range are not
    /// @param trackings newest position of each source
    /// @param types events of each type
    record Contents(
            long terms,
            long postings,
            long streams,
            long appends,
            long appendsDropped,
            SortedMap<String, Long> trackings,
            SortedMap<String, Long> types) {}
}
