package dev.everfold.server.view;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/// What differs between two JSON values, member by member and element by element.
final class Differences {

    /// Most differences that are listed.
    static final int DIFFERENCES_MAX = 500;

    private final List<Map<String, Object>> found = new ArrayList<>();

    private Differences() {}

    /// Each with the `path` (RFC 6901), `before` and `after`, as far as there was and is a value.
    static List<Map<String, Object>> between(JsonNode before, JsonNode after) {
        Differences differences = new Differences();
        differences.compare("", before, after);
        return differences.found;
    }

    private void compare(String path, JsonNode before, JsonNode after) {
        if (found.size() == DIFFERENCES_MAX || before.equals(after)) {
            return;
        }
        if (before.isObject() && after.isObject()) {
            TreeSet<String> names = new TreeSet<>(before.propertyNames());
            names.addAll(after.propertyNames());
            names.forEach(name -> compare(path + "/" + escaped(name), before.path(name), after.path(name)));
        } else if (before.isArray() && after.isArray()) {
            for (int i = 0; i < Math.max(before.size(), after.size()); i++) {
                compare(path + "/" + i, before.path(i), after.path(i));
            }
        } else {
            Map<String, Object> difference = new LinkedHashMap<>();
            difference.put("path", path);
            if (!before.isMissingNode()) {
                difference.put("before", before);
            }
            if (!after.isMissingNode()) {
                difference.put("after", after);
            }
            found.add(difference);
        }
    }

    private static String escaped(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }
}
