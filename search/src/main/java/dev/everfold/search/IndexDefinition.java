package dev.everfold.search;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What an index is made with.
///
/// @param mappings as the servers take them; without `"dynamic": "strict"` they guess what is not in there
/// @param settings those of the application, such as `index.number_of_replicas`
public record IndexDefinition(ObjectNode mappings, ObjectNode settings) {

    /// How long a server remembers the version of a document that was deleted. Until then an older version that
    /// arrives late is refused; afterwards it would be stored as if new. The servers' own 60 s are shorter
    /// than many an outage. What is remembered takes memory, some 100 bytes a deletion, and ends with the
    /// shard's restart.
    static final Duration DELETES_REMEMBERED = Duration.ofHours(12);

    private static final String PREFIX = "index.";
    private static final String GC_DELETES = "gc_deletes";

    /// When a change that the server has acknowledged is on its disk. A checkpoint that survives a crash while the
    /// documents before it do not would leave them out for good, so nothing but `request` will do; and it is said
    /// to the server, since templates of its operator may say otherwise.
    private static final String DURABILITY = "translog.durability";

    private static final String DURABLE = "request";

    /// Copies both.
    ///
    /// @throws IllegalArgumentException when the server would not keep what it is given, or not as it is given:
    ///     acknowledged changes that a crash may take (`index.translog.durability`), documents that are not read
    ///     back as they were stored (`_source`), documents that need a routing (`_routing`)
    public IndexDefinition {
        mappings = mappings.deepCopy();
        settings = settings.deepCopy();
        DefinitionCheck.check(mappings, flat(settings));
    }

    /// From the JSON that the servers take to make an index: an object with `mappings`, `settings` or both.
    ///
    /// @throws IllegalArgumentException when it is none
    public static IndexDefinition parse(String json) {
        JsonNode body = Json.parse(json.getBytes(StandardCharsets.UTF_8));
        if (!(body instanceof ObjectNode object)
                || !object.propertyNames().stream().allMatch(name -> name.equals("mappings") || name.equals("settings"))
                || !(object.path("mappings").isMissingNode() || object.path("mappings") instanceof ObjectNode)
                || !(object.path("settings").isMissingNode() || object.path("settings") instanceof ObjectNode)) {
            throw new IllegalArgumentException(
                    "An index definition is " + json + "; expected {\"mappings\": {…}, \"settings\": {…}}.");
        }
        return new IndexDefinition(
                object.get("mappings") instanceof ObjectNode mappings ? mappings : Json.object(),
                object.get("settings") instanceof ObjectNode settings ? settings : Json.object());
    }

    /// With the application's own settings where they differ from ours.
    ObjectNode body(String... aliases) {
        ObjectNode all = settings.deepCopy();
        if (setting(GC_DELETES).isEmpty()) {
            all.put(PREFIX + GC_DELETES, DELETES_REMEMBERED.toHours() + "h");
        }
        if (setting(DURABILITY).isEmpty()) {
            all.put(PREFIX + DURABILITY, DURABLE);
        }
        ObjectNode body = Json.object();
        body.set("settings", all);
        body.set("mappings", mappings);
        ObjectNode leading = body.putObject("aliases");
        for (String alias : aliases) {
            leading.putObject(alias);
        }
        return body;
    }

    /// The same for documents that carry what [DocumentFields] are.
    IndexDefinition withDocumentFields() {
        ObjectNode all = mappings.deepCopy();
        DocumentFields.map(all.withObjectProperty("properties"));
        return new IndexDefinition(all, settings);
    }

    /// A setting of an index in any of the forms that the servers take: with or without `index.` before its
    /// name, and with any of its dots written as an object in an object.
    Optional<JsonNode> setting(String name) {
        return Optional.ofNullable(flat(settings).get(name));
    }

    /// Settings by their whole names, without `index.`.
    private static Map<String, JsonNode> flat(ObjectNode settings) {
        Map<String, JsonNode> all = new TreeMap<>();
        flatten("", settings, all);
        return all;
    }

    private static void flatten(String before, ObjectNode settings, Map<String, JsonNode> all) {
        settings.properties().forEach(entry -> {
            String name = before + entry.getKey();
            if (entry.getValue() instanceof ObjectNode inner) {
                flatten(name + ".", inner, all);
            } else {
                all.put(name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name, entry.getValue());
            }
        });
    }

    /// Tells definitions apart, in hexadecimal.
    String fingerprint() {
        ObjectNode all = Json.object();
        all.set("mappings", mappings);
        all.set("settings", settings);
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Json.sorted(all)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
