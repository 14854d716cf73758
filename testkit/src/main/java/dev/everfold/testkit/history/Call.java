package dev.everfold.testkit.history;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.Read;

/// What a client asked of a store.
public sealed interface Call {

    /// An append, for the first time or again.
    ///
    /// @param append the whole append
    record Appending(Append append) implements Call {
        @Override
        public String toString() {
            return "append " + append.id() + " of " + append.events().size() + " events";
        }
    }

    /// A read, from opening the cursor to closing it.
    ///
    /// @param read what is read
    record Reading(Read read) implements Call {
        @Override
        public String toString() {
            return switch (read.source()) {
                case Read.Source.Matching(var query, long from, long to) ->
                    "read of " + query + " in positions [" + from + ", " + (to == Long.MAX_VALUE ? "…" : to) + ")";
                case Read.Source.Revisions(String stream, long from, long to) ->
                    "read of stream \"" + stream + "\" in revisions [" + from + ", " + (to == Long.MAX_VALUE ? "…" : to)
                            + ")";
            };
        }
    }

    /// A question for the tracked position of a source.
    ///
    /// @param source which source
    record AskingTracked(String source) implements Call {
        @Override
        public String toString() {
            return "tracked position of \"" + source + "\"";
        }
    }

    /// A question for the store's next position.
    record AskingNext() implements Call {
        @Override
        public String toString() {
            return "next position";
        }
    }
}
