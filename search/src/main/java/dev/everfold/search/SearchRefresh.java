package dev.everfold.search;

/// When readers see what a step has stored in a build that serves. A build that does not serve is not refreshed before
/// it is about to.
public enum SearchRefresh {
    /// Before the step ends: what was awaited (`awaitHandled`) is found by searches. Costs a refresh for each step.
    EACH_STEP,
    /// When the server refreshes by itself, a second later unless the index says otherwise. For models that
    /// take many small steps and whose readers need not see their own changes.
    INTERVAL
}
