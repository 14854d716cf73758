package dev.everfold.examples.repositoryhistory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The example, against what is known of the repository and against a computation of its own that knows
/// neither stores nor events: lines of text, sorted by their time.
final class RepositoryHistoryTest {

    private static final Path LOG = Path.of("data/repository-history.ndjson.gz");
    private static final Pattern LINE =
            Pattern.compile("\"type\":\"([^\"]+)\",\"subject\":\"(?:file-)?([^\"]+)\",\"time\":\"([^\"]+)\"");

    private record Line(Instant time, String type, String path) {}

    @TempDir
    static Path folder;

    static EventStore store;

    @BeforeAll
    static void importIt() throws IOException {
        store = EventStores.open("log:" + folder);
        RepositoryHistory.importLog(LOG, store);
    }

    @AfterAll
    static void close() {
        store.close();
    }

    @Test
    void the_known_numbers_of_files_were_alive() {
        List<String> answers = RepositoryHistory.answer(
                store,
                "alive",
                List.of(
                        "2012-01-01T00:00:00Z",
                        "2016-07-01T00:00:00Z",
                        "2020-01-01T00:00:00Z",
                        "2024-02-29T12:00:00Z",
                        "2999-01-01T00:00:00Z"));

        assertThat(answers)
                .containsExactly(
                        "2012-01-01T00:00:00Z  813",
                        "2016-07-01T00:00:00Z  1345",
                        "2020-01-01T00:00:00Z  1440",
                        "2024-02-29T12:00:00Z  2058",
                        "2999-01-01T00:00:00Z  3015");
    }

    @Test
    void the_files_alive_are_right_at_every_instant_at_which_something_happened() throws IOException {
        FilesAlive files = FilesAlive.fold(store);
        TreeMap<Instant, Integer> expected = new TreeMap<>();
        TreeSet<String> alive = new TreeSet<>();
        for (Line line : linesByTime()) {
            apply(line, alive);
            expected.put(line.time(), alive.size());
        }

        assertThat(expected).hasSizeGreaterThan(3_000);
        for (Map.Entry<Instant, Integer> at : expected.entrySet()) {
            assertThat(files.asOf(at.getKey()).size())
                    .as(at.getKey().toString())
                    .isEqualTo(at.getValue());
        }
    }

    @Test
    void the_files_alive_are_the_same_files_at_instants_between() throws IOException {
        FilesAlive files = FilesAlive.fold(store);
        List<Line> lines = linesByTime();
        long first = lines.getFirst().time().getEpochSecond() - 86_400;
        long last = lines.getLast().time().getEpochSecond() + 86_400;
        long seed = 20_260_301;
        Random random = new Random(seed);
        List<Instant> instants = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            instants.add(Instant.ofEpochSecond(random.nextLong(first, last), random.nextInt(1_000_000_000)));
            // Just before, at, and just after something happened.
            Instant boundary = lines.get(random.nextInt(lines.size())).time();
            instants.addAll(List.of(boundary.minusNanos(1), boundary, boundary.plusNanos(1)));
        }
        instants.sort(Comparator.naturalOrder());

        TreeSet<String> alive = new TreeSet<>();
        int next = 0;
        for (Instant instant : instants) {
            while (next < lines.size() && !lines.get(next).time().isAfter(instant)) {
                apply(lines.get(next++), alive);
            }
            assertThat(files.asOf(instant).equals(alive))
                    .as("as of %s, seed %d", instant, seed)
                    .isTrue();
        }
    }

    @Test
    void what_is_recorded_late_counts_from_when_it_occurred() {
        try (EventStore late = EventStores.open("memory:")) {
            late.append(Append.of(
                    file("FileAdded", "a", "2026-01-01T00:00:00Z"),
                    file("FileAdded", "b", "2026-01-01T00:00:00Z"),
                    file("FileAdded", "a", "2026-01-05T00:00:00Z"),
                    file("FileRemoved", "b", "2026-01-04T00:00:00Z"),
                    file("FileRemoved", "a", "2026-01-03T00:00:00Z"),
                    file("FileAdded", "c", "2025-12-31T00:00:00Z")));

            FilesAlive files = FilesAlive.fold(late);

            assertThat(files.asOf(Instant.parse("2025-12-30T23:59:59Z"))).isEmpty();
            assertThat(files.asOf(Instant.parse("2025-12-31T00:00:00Z"))).containsExactly("c");
            assertThat(files.asOf(Instant.parse("2026-01-02T00:00:00Z"))).containsExactly("a", "b", "c");
            assertThat(files.asOf(Instant.parse("2026-01-03T00:00:00Z"))).containsExactly("b", "c");
            assertThat(files.asOf(Instant.parse("2026-01-04T00:00:00Z"))).containsExactly("c");
            assertThat(files.asOf(Instant.parse("2026-01-05T00:00:00Z"))).containsExactly("a", "c");
        }
    }

    @Test
    void a_file_came_to_be_step_by_step() {
        List<String> steps = RepositoryHistory.answer(store, "file", List.of("README.md"));

        assertThat(steps).hasSize(17);
        assertThat(steps.getFirst())
                .isEqualTo("2019-02-19T10:46:15Z  author-033  added" + " in commit 2195, which touched 2 files");
        assertThat(steps.getLast())
                .isEqualTo("2026-04-20T09:45:56Z  author-057  changed" + " in commit 3977, which touched 448 files");
        assertThat(FileHistory.of(store, "pom.xml").steps()).hasSize(716);
    }

    @Test
    void an_import_that_was_broken_off_goes_on_where_it_ended() throws IOException {
        List<RecordedEvent> begin = store.read(Read.all().limit(2_500)).toList();
        try (EventStore other = EventStores.open("memory:")) {
            for (RecordedEvent event : begin) {
                other.append(Append.of(event.toNewEvent()));
            }

            RepositoryHistory.importLog(LOG, other);

            assertThat(other.nextPosition()).isEqualTo(74_639);
            assertThat(ids(other).equals(ids(store))).isTrue();
        }
    }

    private static List<UUID> ids(EventStore of) {
        return of.read(Read.all()).toList().stream().map(RecordedEvent::id).toList();
    }

    private static NewEvent file(String type, String path, String occurred) {
        String blob = type.equals("FileRemoved") ? "" : ",\"blob\":\"0\"";
        return NewEvent.of("file-" + path, type, "{\"path\":\"" + path + "\",\"commit\":0" + blob + "}")
                .occurredAt(Instant.parse(occurred));
    }

    private static void apply(Line line, Set<String> alive) {
        if (line.type().equals("FileAdded")) {
            alive.add(line.path());
        } else if (line.type().equals("FileRemoved")) {
            alive.remove(line.path());
        }
    }

    /// All lines, by time; those of one time in the order of the file, since sorting is stable.
    private static List<Line> linesByTime() throws IOException {
        List<Line> lines = new ArrayList<>();
        try (BufferedReader text = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(LOG)), StandardCharsets.UTF_8))) {
            for (String line = text.readLine(); line != null; line = text.readLine()) {
                Matcher fields = LINE.matcher(line);
                assertThat(fields.find()).as(line).isTrue();
                lines.add(new Line(Instant.parse(fields.group(3)), fields.group(1), fields.group(2)));
            }
        }
        lines.sort(Comparator.comparing(Line::time));
        return lines;
    }
}
