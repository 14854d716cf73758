package dev.everfold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The history of a real repository, as it comes with the examples, and what is known to be true of it.
class RealLogTest {

    private static final String FILE = "../examples/data/repository-history.ndjson.gz";
    private static final Pattern TYPE_AND_SUBJECT = Pattern.compile("\"type\":\"([^\"]+)\",\"subject\":\"([^\"]+)\"");

    @TempDir
    static Path folder;

    static String store;
    static CommandLineRun firstImport;

    @BeforeAll
    static void importIt() {
        store = "log:" + folder.resolve("store");
        firstImport = CommandLineRun.of("import", "--store", store, FILE);
    }

    @Test
    void every_line_is_imported() {
        assertThat(firstImport.exitCode()).as(firstImport.err()).isZero();
        assertThat(firstImport.out()).startsWith("imported 74639 events (0 already there) in ");
        assertThat(firstImport.out())
                .endsWith("the store has 74,639 events in 14,494 streams: FileChanged 40,468, FileAdded 16,602,"
                        + " FileRemoved 13,587, CommitMade 3,982\n");
    }

    @Test
    void stats_tell_the_known_facts() {
        CommandLineRun run = CommandLineRun.of("stats", "--store", store, "--json");

        assertThat(run.out())
                .matches("\\{\"events\":74639,\"streams\":14494,\"types\":\\{\"CommitMade\":3982,\"FileAdded\":16602,"
                        + "\"FileChanged\":40468,\"FileRemoved\":13587},\"bytes\":[0-9]+,\"segments\":[0-9]+,"
                        + "\"lineage\":\"[0-9a-f-]{36}\",\"nextPosition\":74639}\n");
    }

    @Test
    void importing_it_again_changes_nothing() {
        CommandLineRun again = CommandLineRun.of("import", "--store", store, "--json", FILE);

        assertThat(again.exitCode()).isZero();
        assertThat(again.out())
                .startsWith("{\"imported\":0,\"alreadyThere\":74639,\"malformed\":0,\"complete\":true,\"millis\":");
        assertThat(CommandLineRun.of("stats", "--store", store, "--json").out()).startsWith("{\"events\":74639,");
    }

    @ParameterizedTest
    @CsvSource({"file-README.md, 17", "file-pom.xml, 716", "commits, 3982"})
    void streams_have_the_known_numbers_of_events(String stream, int events) {
        CommandLineRun run = CommandLineRun.of("read", "--store", store, "--stream", stream, "--format", "ndjson");

        assertThat(run.outLines()).hasSize(events);
        assertThat(run.outLines().getLast()).contains("\"revision\":" + (events - 1) + ",");
    }

    @ParameterizedTest
    @CsvSource({
        "2012-01-01T00:00:00Z, 813",
        "2016-07-01T00:00:00Z, 1345",
        "2020-01-01T01:00:00+01:00, 1440",
        "2024-02-29T12:00:00Z, 2058",
        "2030-01-01T00:00:00Z, 3015"
    })
    void files_alive_at_a_time_are_the_known_numbers(String time, int files) {
        CommandLineRun run = CommandLineRun.of("export", "--store", store, "--category", "file", "--as-of", time);

        assertThat(run.exitCode()).isZero();
        assertThat(alive(run)).hasSize(files);
    }

    @Test
    void an_audit_finds_every_author() {
        CommandLineRun run = CommandLineRun.of("audit", "--store", store, "--format", "csv");

        Set<String> authors = new HashSet<>();
        run.outLines().stream().skip(1).forEach(line -> authors.add(line.split(",", -1)[3]));
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.outLines()).hasSize(74_640);
        assertThat(authors).hasSize(57).allMatch(author -> author.matches("author-[0-9]{3}"));
    }

    @Test
    void nothing_was_known_before_it_was_imported() {
        CommandLineRun run = CommandLineRun.of("export", "--store", store, "--known-at", "2020-01-01T00:00:00Z");

        assertThat(run.out()).isEmpty();
        assertThat(run.exitCode()).isZero();
    }

    @Test
    void exported_imported_and_exported_again_it_is_the_same_but_for_the_recorded_time() throws IOException {
        Path exported = folder.resolve("exported.ndjson.gz");
        String copy = "log:" + folder.resolve("copy");

        CommandLineRun export = CommandLineRun.of("export", "--store", store, "--output", exported.toString());
        CommandLineRun again = CommandLineRun.of("import", "--store", copy, exported.toString());

        assertThat(export.out()).isEqualTo("exported 74639 events to " + exported + "\n");
        assertThat(again.exitCode()).isZero();
        assertThat(Files.exists(folder.resolve("exported.ndjson.gz.partial"))).isFalse();
        String first = withoutRecordedTime(CommandLineRun.of("export", "--store", store));
        String second = withoutRecordedTime(CommandLineRun.of("export", "--store", copy));
        assertThat(second.equals(first)).isTrue();
    }

    @Test
    void it_passes_verification() {
        CommandLineRun run = CommandLineRun.of("verify", "--store", store);

        assertThat(run.exitCode()).as(run.out()).isZero();
        assertThat(run.out()).contains("passed   74,639 events, ").endsWith(" bytes, 0 damages\n");
    }

    @Test
    void a_backup_is_restored_as_a_store_of_another_lineage() {
        Path backup = folder.resolve("backup");
        String restored = "log:" + folder.resolve("restored");

        CommandLineRun backedUp = CommandLineRun.of("backup", "--store", store, backup.toString());
        CommandLineRun restore = CommandLineRun.of("restore", "--store", restored, backup.toString());

        assertThat(backedUp.out()).isEqualTo("backed up 74639 events to " + backup + "\n");
        assertThat(restore.out()).isEqualTo("restored 74639 events to " + restored + "\n");
        String lineage = lineage(store);
        assertThat(lineage(restored)).hasSameSizeAs(lineage).isNotEqualTo(lineage);
        assertThat(CommandLineRun.of("export", "--store", restored)
                        .out()
                        .equals(CommandLineRun.of("export", "--store", store).out()))
                .isTrue();
    }

    private static Set<String> alive(CommandLineRun export) {
        Set<String> alive = new HashSet<>();
        for (String line : export.outLines()) {
            Matcher fields = TYPE_AND_SUBJECT.matcher(line);
            assertThat(fields.find()).isTrue();
            if (fields.group(1).equals("FileRemoved")) {
                alive.remove(fields.group(2));
            } else {
                alive.add(fields.group(2));
            }
        }
        return alive;
    }

    private static String lineage(String ofStore) {
        return CommandLineRun.of("stats", "--store", ofStore).outLines().get(4);
    }

    private static String withoutRecordedTime(CommandLineRun export) {
        return export.out().replaceAll("\"recordedtime\":\"[^\"]+\",", "");
    }
}
