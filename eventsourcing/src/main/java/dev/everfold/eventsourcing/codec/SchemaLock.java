package dev.everfold.eventsourcing.codec;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// Keeps the shape of every event type in a file of the application's repository, so that a test fails when a
/// shape changes and events that are stored already would no longer be read, or be read wrongly.
///
/// ```java
/// @Test
/// void stored_shapes_change_only_with_a_new_version() {
///     SchemaLock.at(Path.of("src/test/resources/events.lock")).check(codec);
/// }
/// ```
///
/// New types and new versions are added to the file, which is to be committed; what is in it never changes.
/// Needs no test library. Not for several threads on one file.
///
/// The file is text: a header, then for each form a line `type version n` and its fields, indented
/// by two blanks, as `name: type`.
public final class SchemaLock {

    private static final String HEADER = """
            # Shapes of stored events, written by SchemaLock. Commit this file.
            # Shapes that are here are in the store: they never change, new versions are added.
            """;
    private static final String VERSION = " version ";
    private static final String INDENT = "  ";

    private final Path file;
    private final boolean readOnly;

    private SchemaLock(Path file, boolean readOnly) {
        this.file = file;
        this.readOnly = readOnly;
    }

    /// The lock in this file, which is written when it is absent.
    public static SchemaLock at(Path file) {
        return new SchemaLock(file, false);
    }

    /// The same lock, but what is new is a failure instead of being written: for a build server, where a file
    /// that somebody forgot to commit would otherwise be written anew each time.
    public SchemaLock readOnly() {
        return new SchemaLock(file, true);
    }

    /// Compares the shapes of all event types with the file, and adds to it what is new.
    ///
    /// @throws AssertionError when a shape has changed without a new version, or one in the file is no
    ///     longer read; nothing is written then
    /// @throws UncheckedIOException when the file cannot be read or written
    public void check(EventCodec<?>... codecs) {
        SortedMap<TypeVersion, List<String>> locked = read();
        SortedMap<TypeVersion, List<String>> current = new TreeMap<>();
        TreeSet<TypeVersion> known = new TreeSet<>();
        for (EventCodec<?> codec : codecs) {
            codec.types().forEach(type -> current.put(type.form(), Shape.of(type.record())));
            known.addAll(codec.known());
        }
        List<String> problems = new ArrayList<>();
        locked.forEach((form, shape) -> {
            if (current.containsKey(form)) {
                compare(form, shape, current.get(form), problems);
            } else if (!known.contains(form)) {
                problems.add("Nothing reads " + form + " any more, and events of that form are in the store. Register "
                        + form.upcaster() + ", with drop() where they are to be passed over.");
            }
        });
        SortedMap<TypeVersion, List<String>> all = new TreeMap<>(current);
        all.putAll(locked);
        if (readOnly && all.size() > locked.size()) {
            all.keySet().removeAll(locked.keySet());
            all.keySet()
                    .forEach(form -> problems.add("The shape of " + form + " is not in " + file
                            + ". Run this check without readOnly() and commit the file."));
        }
        if (!problems.isEmpty()) {
            throw new AssertionError(String.join("\n", problems));
        }
        if (all.size() > locked.size()) {
            write(all);
        }
    }

    private static void compare(TypeVersion form, List<String> before, List<String> now, List<String> problems) {
        if (before.equals(now)) {
            return;
        }
        TypeVersion next = form.next();
        problems.add("The stored shape of " + form + " has changed without a new version:\n  "
                + String.join("\n  ", LineDifference.of(before, now))
                + "\nEvents of the old shape are in the store. Annotate the record @EventType(value = \"" + next.type()
                + "\", version = " + next.version() + ") and register " + form.upcaster() + ", or undo the change.");
    }

    private SortedMap<TypeVersion, List<String>> read() {
        SortedMap<TypeVersion, List<String>> shapes = new TreeMap<>();
        if (!Files.exists(file)) {
            return shapes;
        }
        try {
            List<String> fields = new ArrayList<>();
            for (String line : Files.readAllLines(file)) {
                if (line.startsWith(INDENT)) {
                    fields.add(line.substring(INDENT.length()));
                } else if (!line.isBlank() && !line.startsWith("#")) {
                    fields = new ArrayList<>();
                    shapes.put(form(line), fields);
                }
            }
            return shapes;
        } catch (IOException failed) {
            throw new UncheckedIOException("The schema lock " + file + " cannot be read.", failed);
        }
    }

    private TypeVersion form(String line) {
        int at = line.lastIndexOf(VERSION);
        try {
            return new TypeVersion(line.substring(0, at), Integer.parseInt(line.substring(at + VERSION.length())));
        } catch (IllegalArgumentException | IndexOutOfBoundsException malformed) {
            throw new AssertionError(
                    file + " has a line \"" + line + "\"; expected \"type version n\". Restore the file.", malformed);
        }
    }

    private void write(Map<TypeVersion, List<String>> shapes) {
        StringBuilder text = new StringBuilder(HEADER);
        shapes.forEach((form, fields) -> {
            text.append('\n')
                    .append(form.type())
                    .append(VERSION)
                    .append(form.version())
                    .append('\n');
            fields.forEach(field -> text.append(INDENT).append(field).append('\n'));
        });
        try {
            if (file.getParent() != null) {
                Files.createDirectories(file.getParent());
            }
            Files.writeString(file, text);
        } catch (IOException failed) {
            throw new UncheckedIOException("The schema lock " + file + " cannot be written.", failed);
        }
    }
}
