package dev.everfold.cli;

import dev.everfold.eventstore.Query;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/// Which events: the options that select by what an event is.
final class SelectionOptions {

    @Option(names = "--stream", paramLabel = "STREAM", description = "Only events of this stream.")
    Optional<String> stream = Optional.empty();

    @Option(
            names = "--category",
            paramLabel = "CATEGORY",
            description = "Only events of streams whose name begins with this, up to the first '-'.")
    Optional<String> category = Optional.empty();

    @Option(names = "--type", paramLabel = "TYPE", description = "Only events of this type, or of any of several.")
    List<String> types = new ArrayList<>();

    @Option(names = "--tag", paramLabel = "TAG", description = "Only events with this tag, and with all of several.")
    List<String> tags = new ArrayList<>();

    /// The query for what is selected; everything when nothing was said.
    Query query() {
        if (stream.isPresent() && category.isPresent()) {
            throw new CommandException(
                    ExitCode.USAGE, "--stream and --category exclude each other; expected one of them. Leave one out.");
        }
        Query.Item item =
                new Query.Item().withTypes(types.toArray(String[]::new)).withTags(tags.toArray(String[]::new));
        if (stream.isPresent()) {
            item = item.withStream(stream.get());
        }
        if (category.isPresent()) {
            item = item.withCategory(category.get());
        }
        return Query.of(item);
    }
}
