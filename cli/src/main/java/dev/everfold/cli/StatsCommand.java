package dev.everfold.cli;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.StoreStats;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Says what a store holds.
@Command(
        name = "stats",
        description = "Say what a store holds: events, streams, types, bytes, segments.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {"  everfold stats --store log:data", "  everfold stats --store log:data --json"})
final class StatsCommand implements Callable<Integer> {

    private final Console console;

    @Mixin
    StoreOptions storeOptions = new StoreOptions();

    @Option(names = "--json", description = "Answer with one JSON object.")
    boolean json;

    StatsCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        try (EventStore store = storeOptions.openToRead()) {
            StoreStats stats = store.stats();
            if (json) {
                printJson(stats, store.lineage());
            } else {
                printText(stats, store.lineage());
            }
        }
        return ExitCode.OK.number();
    }

    private void printText(StoreStats stats, UUID lineage) {
        Output out = console.out();
        out.line("events    " + grouped(stats.events()));
        out.line("streams   " + grouped(stats.streams()));
        out.line("bytes     " + grouped(stats.bytes()));
        out.line("segments  " + grouped(stats.segments()));
        out.line("lineage   " + lineage);
        out.line("types     " + grouped(stats.types().size()));
        stats.types().entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .forEach(type ->
                        out.line(String.format(Locale.ROOT, "%,15d  %s", type.getValue(), SafeText.of(type.getKey()))));
    }

    private void printJson(StoreStats stats, UUID lineage) {
        console.out().line(JsonText.object(members -> {
            members.writeNumberProperty("events", stats.events());
            members.writeNumberProperty("streams", stats.streams());
            members.writeObjectPropertyStart("types");
            stats.types().forEach(members::writeNumberProperty);
            members.writeEndObject();
            members.writeNumberProperty("bytes", stats.bytes());
            members.writeNumberProperty("segments", stats.segments());
            members.writeStringProperty("lineage", lineage.toString());
            members.writeNumberProperty("nextPosition", stats.events());
        }));
    }

    private static String grouped(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
