package dev.everfold.search;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The alias that readers search: it follows the registry, in one request that takes it from one index and gives it to
/// another.
final class ServingAlias {

    private final Indices indices;

    ServingAlias(SearchClient client) {
        this.indices = client.indices();
    }

    /// Lets the alias lead to the build that serves, unless it does. Harmless whenever and however often it
    /// is called, also by somebody who has read the registry long ago.
    void follow(Registry registry) {
        List<AliasAction> actions = actions(registry);
        if (actions.isEmpty()) {
            return;
        }
        try {
            indices.changeAliases(actions);
        } catch (SearchFailedException failed) {
            // Two who do it at once: what one removes is not there any more for the other.
            if (failed.retryable() || !actions(registry).isEmpty()) {
                throw failed;
            }
        }
    }

    private List<AliasAction> actions(Registry registry) {
        if (registry.servingBuild().isEmpty()) {
            return List.of();
        }
        IndexName target = registry.servingBuild().get().index();
        String alias = registry.projection();
        Map<String, Set<String>> there = indices.withAliases(Registry.prefix(alias));
        Set<String> leading = there.getOrDefault(target.value(), Set.of());
        List<AliasAction> actions = new ArrayList<>();
        there.forEach((index, aliases) -> {
            if (!index.equals(target.value()) && aliases.contains(alias)) {
                actions.add(new AliasAction.Remove(alias, new IndexName(index)));
            }
        });
        String waiting = BuildEntry.waitingAlias(target);
        if (leading.contains(alias)) {
            return actions;
        }
        if (leading.contains(waiting)) {
            actions.add(new AliasAction.Remove(waiting, target));
        } else if (!there.containsKey(target.value()) || !actions.isEmpty()) {
            // Deleted; or it has served before, and this registry is not the newest.
            return List.of();
        }
        actions.add(new AliasAction.Add(alias, target));
        return actions;
    }
}
