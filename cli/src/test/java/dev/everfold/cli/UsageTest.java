package dev.everfold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UsageTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "frobnicate --store log:x | \"frobnicate\" is not a command; expected one of serve, import, export,"
                        + " append, read, tail, audit, stats, verify, backup, restore, copy, bench. Run everfold"
                        + " --help for more.",
                "--frobnicate | Unknown option: '--frobnicate'. Run everfold --help for usage.",
                "stats | Missing required option: '--store=URI'. Run everfold stats --help for usage.",
                "stats --stroe log:x | Unknown option: '--stroe'. Run everfold stats --help for usage.",
                "stats --store log:x --frobnicate | Unknown option: '--frobnicate'. Run everfold stats --help for"
                        + " usage.",
                "stats --store log:x y | Unmatched argument at index 3: 'y'. Run everfold stats --help for usage.",
                "stats --store | Missing required parameter for option '--store' (URI). Run everfold stats --help for"
                        + " usage.",
                "stats --store x | \"x\" is not a store URI; expected SCHEME:…, for example log:DIRECTORY.",
                "stats --store log:x?mode=bar | Store URI \"log:x?mode=bar\" has the parameter mode=bar; expected"
                        + " mode=create, mode=existing or mode=read.",
                "verify --store log:x?mode=bar | Store URI \"log:x?mode=bar\" has the parameter mode=bar; expected"
                        + " mode=create, mode=existing or mode=read.",
                "read --store everfold://localhost:1?mode=bar | Store URI \"everfold://localhost:1?mode=bar\" has the"
                        + " parameter mode=bar; expected mode=create, mode=existing, mode=read, tls=true, tls=false,"
                        + " tlsCa=FILE, or tlsCertificate=FILE with tlsKey=FILE.",
                "stats --store log: | Store URI \"log:\" names no directory; expected log:DIRECTORY.",
                "stats --store everfold:x | \"everfold:x\" is not the URI of a server; expected everfold://HOST:PORT,"
                        + " for example everfold://localhost:2113.",
                "stats --store memory:x | \"memory:x\" is not a store URI of the engine in memory; expected memory: and"
                        + " nothing more.",
                "stats --store memory: | A store in memory is new and empty whenever it is opened, and has nothing to"
                        + " read; expected one that is kept, for example log:DIRECTORY.",
                "serve --store memory: --grace x | Invalid value for option '--grace': \"x\" is not a whole number;"
                        + " expected one such as 5. Run everfold serve --help for usage.",
                "serve --store memory: --users=maybe | Invalid value for option '--users': \"maybe\" is neither;"
                        + " expected true or false. Run everfold serve --help for usage.",
                "serve --store memory: --grace -1 | The grace of -1 s is too short; expected more than 0.",
                "serve --store memory: --token-issuer login.example/% | Invalid value for option '--token-issuer':"
                        + " \"login.example/%\" is not a URL; expected one such as https://login.example. Run everfold"
                        + " serve --help for usage.",
                "bench --rounds x | Invalid value for option '--rounds': \"x\" is not a whole number; expected one such"
                        + " as 5. Run everfold bench --help for usage.",
                "import --store log:x | Missing required parameter: 'FILE'. Run everfold import --help for usage.",
                "backup --store log:x | Missing required parameter: 'DIRECTORY'. Run everfold backup --help for usage.",
                "restore --store log:x?mode=read y | --store says mode=read, and a restore makes a new store. Leave"
                        + " mode=read out.",
                "restore --store log:x?mode=existing y | --store says mode=existing, and a restore makes a new store."
                        + " Leave mode=existing out.",
                "read --store log:x --limit 0 | Invalid value for option '--limit': \"0\" is not a number of this kind;"
                        + " expected a whole number, 1 or more. Run everfold read --help for usage.",
                "read --store log:x --from -1 | Invalid value for option '--from': \"-1\" is not a number of this kind;"
                        + " expected a whole number, 0 or more. Run everfold read --help for usage.",
                "read --store log:x --as-of 2026-03-01 | Invalid value for option '--as-of': \"2026-03-01\" is not a"
                        + " time; expected one with its offset, such as 2026-03-01T09:30:00Z. Run everfold read"
                        + " --help for usage.",
                "read --store log:x --format xml | Invalid value for option '--format': \"xml\" is not a format;"
                        + " expected table or ndjson. Run everfold read --help for usage.",
                "audit --store log:x --format xml | Invalid value for option '--format': \"xml\" is not a format;"
                        + " expected table, csv or ndjson. Run everfold audit --help for usage.",
                "audit --store log:x --from 0 | Invalid value for option '--from': \"0\" is not a time; expected one"
                        + " with its offset, such as 2026-03-01T09:30:00Z. Run everfold audit --help for usage.",
                "append --store log:x --stream s --type t --data 1 --expect maybe | Invalid value for option"
                        + " '--expect': \"maybe\" is not an expectation; expected none, any, exists or a revision. Run"
                        + " everfold append --help for usage.",
                "append --store log:x --stream s --type t --data 1 --id 7 | Invalid value for option '--id': \"7\""
                        + " is not a UUID; expected one such as 0199b1f6-e9cf-7eeb-aa49-ef0cfa75a30d. Run everfold"
                        + " append --help for usage.",
                "append --store log:x --stream s --type t --data 1 --append-id 0199b1f6-e9cf-7eeb-aa49-ef0cfa75a30d |"
                        + " --append-id needs --id, since a repeat must bring the same event; expected both. Add --id."
            })
    void each_misuse_is_one_line_and_exit_code_2(String command, String message) {
        CommandLineRun run = CommandLineRun.of(command.strip().split(" +", -1));

        assertThat(run.err()).isEqualTo("everfold: " + message.strip() + "\n");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
    }

    @Test
    void no_command_is_a_misuse() {
        CommandLineRun run = CommandLineRun.of();

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err())
                .startsWith("everfold: no command; expected one of serve, import, export, append, read, tail, audit,"
                        + " stats, verify, backup, restore")
                .endsWith(". Run everfold --help for more.\n")
                .hasLineCount(1);
    }

    @Test
    void a_scheme_without_engine_is_a_misuse_that_names_the_engines() {
        CommandLineRun run = CommandLineRun.of("stats", "--store", "oracle:x");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("\"oracle:x").contains("log, memory").hasLineCount(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--stream=", "--type=", "--tag="})
    void an_empty_name_is_a_misuse(String option) {
        CommandLineRun run = CommandLineRun.withInput("", "import", "--store", "log:target/tmp/usage", "-");
        assertThat(run.exitCode()).as(run.err()).isZero();

        run = CommandLineRun.of("read", "--store", "log:target/tmp/usage", option);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err())
                .endsWith("is empty; expected at least one character.\n")
                .hasLineCount(1);
    }

    @Test
    void bench_names_the_folder_that_it_works_in_unless_told_otherwise() {
        CommandLineRun run = CommandLineRun.of("bench", "--help");

        assertThat(run.out()).contains(" log:. (this folder).\n").doesNotContain("log:..");
    }

    @Test
    void help_is_wrapped_once() {
        String bench = CommandLineRun.of("bench", "--help").out();
        String serve = CommandLineRun.of("serve", "--help").out();

        assertThat(bench)
                .contains("the least that\nsuch work can cost on this machine.\n")
                .contains("on a server of ours in its store, which has to be empty and keeps the\nevents");
        assertThat(serve).contains("or in the\nfile of --config (grpc-port=2113); the command line comes first");
    }

    @Test
    void stream_and_category_exclude_each_other() {
        CommandLineRun run =
                CommandLineRun.of("tail", "--store", "log:x", "--stream", "order-17", "--category", "order");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err())
                .isEqualTo("everfold: --stream and --category exclude each other; expected one of them. Leave one"
                        + " out.\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "serve", "import", "export", "append", "read", "tail", "audit", "stats", "verify", "backup", "restore",
                "copy", "bench"
            })
    void each_command_explains_itself(String command) {
        CommandLineRun run = CommandLineRun.of(command, "--help");

        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .startsWith("Usage: everfold " + command + " ")
                .contains("Examples:\n  everfold " + command)
                .endsWith("\n");
    }

    @Test
    void the_whole_explains_itself() {
        CommandLineRun run = CommandLineRun.of("--help");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .startsWith("Usage: everfold ")
                .contains(
                        "  import ",
                        "  restore ",
                        "  bench    Measure appends and reads, in one run with the raw disk.\n",
                        "  everfold demo     from a checkout: a server and a shop for the browser\n",
                        "Exit codes: 0 success;");
    }

    @Test
    void it_tells_its_version() {
        assertThat(CommandLineRun.of("--version").out()).startsWith("everfold ").contains("Java ");
        assertThat(CommandLineRun.of("stats", "--version").exitCode()).isZero();
    }
}
