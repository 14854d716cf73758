package dev.everfold.search;

import dev.everfold.eventstore.RecordedEvent;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;

/// How a read model goes about its work.
///
/// @param refresh when readers see a step
/// @param fetching which documents the handler will ask for because of an event
record SearchModelOptions(SearchRefresh refresh, Function<RecordedEvent, ? extends Collection<String>> fetching) {

    static final SearchModelOptions DEFAULTS = new SearchModelOptions(SearchRefresh.EACH_STEP, _ -> List.of());
}
