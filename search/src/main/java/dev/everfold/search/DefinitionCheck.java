package dev.everfold.search;

import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Refuses what would let a read model differ from the log without anybody noticing.
final class DefinitionCheck {

    private static final String SOURCE = "_source";
    private static final String ROUTING = "_routing";
    private static final String STORED = "stored";

    private DefinitionCheck() {}

    /// @param settings by their whole names, without `index.`
    /// @throws IllegalArgumentException when there is such a thing
    static void check(ObjectNode mappings, Map<String, JsonNode> settings) {
        JsonNode source = mappings.path(SOURCE);
        if (!source.path("enabled").asBoolean(true)
                || !source.path("mode").asString(STORED).equals(STORED)
                || source.has("includes")
                || source.has("excludes")) {
            throw refused("mappings." + SOURCE, source, "documents are read back when they are changed");
        }
        requireIs("mapping.source.mode", STORED, settings, "documents are read back when they are changed");
        requireIs("derived_source.enabled", "false", settings, "documents are read back when they are changed");
        requireIs(
                "translog.durability",
                "request",
                settings,
                "the checkpoint may outlive a crash that takes the documents before it");
        if (mappings.path(ROUTING).path("required").asBoolean(false)) {
            throw refused("mappings." + ROUTING, mappings.path(ROUTING), "documents are found by their ids alone");
        }
    }

    private static void requireIs(String name, String value, Map<String, JsonNode> settings, String why) {
        JsonNode found = settings.get(name);
        if (found != null && !found.asString("").equalsIgnoreCase(value)) {
            throw refused("index." + name, found, why);
        }
    }

    private static IllegalArgumentException refused(String name, JsonNode found, String why) {
        return new IllegalArgumentException("An index definition has \"" + name + "\": " + found
                + "; expected none, since " + why + ". Leave it out.");
    }
}
