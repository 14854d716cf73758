package dev.everfold.server.security;

import dev.everfold.kurrent.Caller;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/// Who may read and append to the streams whose names begin alike; immutable. Administrators always may.
///
/// A role is a group, the name of a user, or [#EVERYONE]: all whom nothing else keeps out.
///
/// @param prefix empty, or how names begin; not with `$`
/// @param readers roles; none = administrators alone
/// @param appenders roles; none = administrators alone
public record PolicyRule(String prefix, Set<String> readers, Set<String> appenders) {

    /// Stands for every user, as in `$acl`.
    public static final String EVERYONE = "$all";

    /// Longest prefix, in characters.
    static final int PREFIX_CHARACTERS_MAX = 1_024;

    /// Most readers, and most appenders.
    static final int ROLES_MAX = 100;

    private static final String PREFIX = "prefix";
    private static final String READERS = "readers";
    private static final String APPENDERS = "appenders";
    private static final Set<String> FIELDS = Set.of(PREFIX, READERS, APPENDERS);

    /// @throws IllegalArgumentException when the prefix is the system's or no text of a name, or a role has no name
    public PolicyRule {
        if (prefix.startsWith("$")) {
            throw new IllegalArgumentException("The prefix \"" + prefix
                    + "\" begins with $; expected one of streams of users, since the system's are for "
                    + Caller.ADMINS + ".");
        }
        if (prefix.length() > PREFIX_CHARACTERS_MAX) {
            throw new IllegalArgumentException("The prefix has " + prefix.length() + " characters; expected at most "
                    + PREFIX_CHARACTERS_MAX + ".");
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(prefix)) {
            throw new IllegalArgumentException("The prefix is not valid Unicode; expected how names of streams begin.");
        }
        readers = roles(prefix, READERS, readers);
        appenders = roles(prefix, APPENDERS, appenders);
    }

    private static Set<String> roles(String prefix, String what, Set<String> roles) {
        if (roles.size() > ROLES_MAX) {
            throw new IllegalArgumentException("The prefix \"" + prefix + "\" has " + roles.size() + " " + what
                    + "; expected at most " + ROLES_MAX + ". Make a group of them.");
        }
        if (roles.stream().anyMatch(String::isBlank)) {
            throw new IllegalArgumentException("One of the " + what + " of the prefix \"" + prefix
                    + "\" has no name; expected a group or a user.");
        }
        return Set.copyOf(roles);
    }

    boolean mayRead(Caller caller) {
        return isOneOf(readers, caller);
    }

    boolean mayAppend(Caller caller) {
        return isOneOf(appenders, caller);
    }

    private static boolean isOneOf(Set<String> roles, Caller caller) {
        return roles.contains(EVERYONE) || roles.stream().anyMatch(caller::is);
    }

    /// @throws IllegalArgumentException when it is not an object of exactly these fields, or no rule
    static PolicyRule parse(JsonNode json) {
        if (!json.isObject()
                || !Set.copyOf(json.propertyNames()).equals(FIELDS)
                || !json.path(PREFIX).isString()) {
            throw new IllegalArgumentException(
                    "A rule of the policy is not one; expected {\"prefix\":\"…\",\"readers\":[…],\"appenders\":[…]}.");
        }
        return new PolicyRule(json.path(PREFIX).stringValue(), texts(json, READERS), texts(json, APPENDERS));
    }

    private static Set<String> texts(JsonNode json, String name) {
        Set<String> texts = new TreeSet<>();
        JsonNode list = json.path(name);
        if (!list.isArray() || list.valueStream().anyMatch(each -> !each.isString())) {
            throw new IllegalArgumentException("The " + name + " of the prefix \""
                    + json.path(PREFIX).stringValue() + "\" are no list; expected names in brackets.");
        }
        list.forEach(each -> texts.add(each.stringValue()));
        return texts;
    }

    /// As [#parse] reads it.
    Map<String, Object> toMembers() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put(PREFIX, prefix);
        members.put(READERS, new TreeSet<>(readers));
        members.put(APPENDERS, new TreeSet<>(appenders));
        return members;
    }
}
