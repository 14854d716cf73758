package dev.everfold.examples.repositoryhistory;

import dev.everfold.cloudevents.CloudEvents;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.NewEvent;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;

/// Imports the log of a repository into a folder and asks what it says:
///
/// ```
/// examples/run repository-history HISTORY.ndjson.gz FOLDER alive INSTANT...   how many were alive then
/// examples/run repository-history HISTORY.ndjson.gz FOLDER file PATH          how it came to be
/// ```
public final class RepositoryHistory {

    private static final int EVENTS_OF_AN_APPEND = 1_000;

    private RepositoryHistory() {}

    /// Prints the answers.
    ///
    /// @param arguments a log, a folder, what is asked, and of what
    /// @throws IOException when the log cannot be read
    public static void main(String[] arguments) throws IOException {
        try (EventStore store = EventStores.open("log:" + arguments[1])) {
            importLog(Path.of(arguments[0]), store);
            List<String> asked = Arrays.asList(arguments).subList(3, arguments.length);
            answer(store, arguments[2], asked).forEach(System.out::println);
        }
    }

    static List<String> answer(EventStore store, String question, List<String> asked) {
        return switch (question) {
            case "alive" -> {
                FilesAlive files = FilesAlive.fold(store);
                yield asked.stream()
                        .map(time ->
                                time + "  " + files.asOf(Instant.parse(time)).size())
                        .toList();
            }
            case "file" ->
                FileHistory.of(store, asked.getFirst()).steps().stream()
                        .map(FileHistory.Step::toString)
                        .toList();
            default -> throw new IllegalArgumentException("Asked for \"" + question + "\"; expected alive or file.");
        };
    }

    /// Appends the lines that the store does not have yet. Positions have no gaps, so line n becomes the
    /// event at position n, and an import that was broken off goes on where it ended.
    static void importLog(Path log, EventStore store) throws IOException {
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(log)), StandardCharsets.UTF_8))) {
            List<NewEvent> batch = new ArrayList<>();
            lines.lines().skip(store.nextPosition()).map(CloudEvents::parse).forEach(event -> {
                batch.add(event);
                if (batch.size() == EVENTS_OF_AN_APPEND) {
                    store.append(Append.of(batch));
                    batch.clear();
                }
            });
            if (!batch.isEmpty()) {
                store.append(Append.of(batch));
            }
        }
    }
}
