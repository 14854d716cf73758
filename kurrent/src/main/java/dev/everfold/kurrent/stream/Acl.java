package dev.everfold.kurrent.stream;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// Who may do what with a stream, as `$acl` of its metadata says it; immutable.
///
/// @param roles for each action that is spoken of, the roles that may; an action that is missing follows the default
record Acl(Map<Access.Action, List<String>> roles) {

    static final Acl NONE = new Acl(Map.of());

    Acl {
        roles = Map.copyOf(roles);
    }

    /// Reads `{"$r": "role", "$w": ["role", …], …}`; what is neither text nor a list of texts is left out.
    static Acl parse(JsonNode json) {
        Map<Access.Action, List<String>> roles = new LinkedHashMap<>();
        for (Access.Action action : Access.Action.values()) {
            JsonNode given = json.get(action.key());
            if (given != null && given.isString()) {
                roles.put(action, List.of(given.asString()));
            } else if (given != null && given.isArray()) {
                roles.put(
                        action,
                        given.valueStream()
                                .filter(JsonNode::isString)
                                .map(JsonNode::asString)
                                .toList());
            }
        }
        return new Acl(roles);
    }

    /// The roles that may, where the stream says so.
    Optional<List<String>> rolesFor(Access.Action action) {
        return Optional.ofNullable(roles.get(action));
    }
}
