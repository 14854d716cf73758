package dev.everfold.eventsourcing.codec;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import tools.jackson.databind.node.ObjectNode;

/// Turns the data of one version of an event type into the next, while it is read. What is stored stays.
///
/// Immutable; each method returns a changed copy. Changes are made in the order in which they are given.
/// An upcaster leads to the next version of the same type unless [#to], [#split] or [#drop] says otherwise,
/// and the upcaster from there goes on.
///
/// ```java
/// Upcaster.from("account.opened", 1).rename("owner", "holder").add("currency", "EUR")
/// Upcaster.from("account.created", 1).to("account.opened", 1)
/// Upcaster.from("account.opened", 2).split(
///         into("account.opened", 3).remove("deposit"),
///         into("account.deposited", 1).keep("deposit").rename("deposit", "cents"))
/// Upcaster.from("account.viewed", 1).drop()
/// ```
public final class Upcaster {

    private final TypeVersion from;
    private final List<TreeEdit> edits;
    private final List<Part> parts;

    private Upcaster(TypeVersion from, List<TreeEdit> edits, List<Part> parts) {
        this.from = from;
        this.edits = List.copyOf(edits);
        this.parts = List.copyOf(parts);
    }

    /// An upcaster to the next version that changes nothing yet.
    ///
    /// @param type name in the store, as [EventType] gives or once gave it
    /// @param version the version that is read, 1 or more
    public static Upcaster from(String type, int version) {
        TypeVersion from = new TypeVersion(type, version);
        return new Upcaster(from, List.of(), List.of(new Part(from.next(), List.of(), tree -> true)));
    }

    /// The field gets another name. An event without it, or with a field of the new name, is malformed.
    public Upcaster rename(String field, String newName) {
        return with(TreeEdit.rename(field, newName));
    }

    /// The field is added with this value where it is not there.
    ///
    /// @param value text, a number, a boolean, or what [JsonFormat#standard] stores; a `JsonNode` too
    public Upcaster add(String field, Object value) {
        return with(TreeEdit.add(field, value));
    }

    /// The field is left out.
    public Upcaster remove(String field) {
        return with(TreeEdit.remove(field));
    }

    /// Any other change, made to the tree in place. It must give the same for the same tree.
    public Upcaster transform(Consumer<ObjectNode> change) {
        return with(TreeEdit.transform(change));
    }

    /// Leads to this type and version; for a type that was renamed.
    public Upcaster to(String type, int version) {
        return new Upcaster(from, edits, List.of(into(type, version)));
    }

    /// Makes several events of one, in this order; each begins with all data as changed so far.
    public Upcaster split(Part... into) {
        if (into.length == 0) {
            throw new IllegalArgumentException(
                    "The upcaster from " + from + " splits into nothing. Use drop() where that is meant.");
        }
        return new Upcaster(from, edits, List.of(into));
    }

    /// Makes nothing: the event is passed over.
    public Upcaster drop() {
        return new Upcaster(from, edits, List.of());
    }

    /// One of the events that [#split] makes.
    public static Part into(String type, int version) {
        return new Part(new TypeVersion(type, version), List.of(), tree -> true);
    }

    private Upcaster with(TreeEdit edit) {
        return new Upcaster(from, plus(edits, edit), parts);
    }

    private static List<TreeEdit> plus(List<TreeEdit> edits, TreeEdit edit) {
        List<TreeEdit> more = new ArrayList<>(edits);
        more.add(edit);
        return List.copyOf(more);
    }

    TypeVersion from() {
        return from;
    }

    List<TypeVersion> targets() {
        return parts.stream().map(part -> part.target).toList();
    }

    /// Receives what an upcaster makes of an event.
    @FunctionalInterface
    interface Target {
        void accept(TypeVersion form, ObjectNode tree);
    }

    /// @param tree the data, which is changed
    /// @throws RuntimeException what the changes of the application throw
    void apply(ObjectNode tree, Target target) {
        edits.forEach(edit -> edit.apply(tree));
        for (int i = 0; i < parts.size(); i++) {
            Part part = parts.get(i);
            ObjectNode own = i == parts.size() - 1 ? tree : tree.deepCopy();
            if (part.condition.test(own)) {
                part.edits.forEach(edit -> edit.apply(own));
                target.accept(part.target, own);
            }
        }
    }

    /// As it stands in messages.
    @Override
    public String toString() {
        return "Upcaster[from " + from + " to " + (parts.isEmpty() ? "nothing" : targets()) + "]";
    }

    /// One of the events that an event is split into. Immutable; each method returns a changed copy.
    public static final class Part {

        private final TypeVersion target;
        private final List<TreeEdit> edits;
        private final Predicate<ObjectNode> condition;

        private Part(TypeVersion target, List<TreeEdit> edits, Predicate<ObjectNode> condition) {
            this.target = target;
            this.edits = edits;
            this.condition = condition;
        }

        /// The field gets another name.
        public Part rename(String field, String newName) {
            return with(TreeEdit.rename(field, newName));
        }

        /// The field is added with this value where it is not there.
        public Part add(String field, Object value) {
            return with(TreeEdit.add(field, value));
        }

        /// The field is left out.
        public Part remove(String field) {
            return with(TreeEdit.remove(field));
        }

        /// Only these fields are kept.
        public Part keep(String... fields) {
            List<String> kept = List.of(fields);
            return with(tree -> tree.retain(kept));
        }

        /// Any other change, made to the tree in place.
        public Part transform(Consumer<ObjectNode> change) {
            return with(TreeEdit.transform(change));
        }

        /// This part is made only of data that passes the test, as it is before the part's own changes.
        public Part onlyIf(Predicate<ObjectNode> test) {
            return new Part(target, edits, condition.and(test));
        }

        private Part with(TreeEdit edit) {
            return new Part(target, plus(edits, edit), condition);
        }
    }
}
