package dev.everfold.eventsourcing.codec;

import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// One change to the data of an event, made in place.
@FunctionalInterface
interface TreeEdit {

    /// Makes the change.
    ///
    /// @throws IllegalArgumentException when the data is not what it expects
    void apply(ObjectNode tree);

    static TreeEdit rename(String field, String newName) {
        return tree -> {
            if (!tree.has(field) || tree.has(newName)) {
                throw new IllegalArgumentException(
                        "the field \"" + field + "\" cannot become \"" + newName + "\", since "
                                + (tree.has(field) ? "there is a field of that name already" : "it is not there"));
            }
            tree.set(newName, tree.remove(field));
        };
    }

    /// Every event gets a value of its own, since a list or an object in it could be changed later on.
    static TreeEdit add(String field, Object value) {
        JsonNode node = JsonFormat.standard().tree(value);
        return tree -> {
            if (!tree.has(field)) {
                tree.set(field, node.deepCopy());
            }
        };
    }

    static TreeEdit remove(String field) {
        return tree -> tree.remove(field);
    }

    static TreeEdit transform(Consumer<ObjectNode> change) {
        return change::accept;
    }
}
