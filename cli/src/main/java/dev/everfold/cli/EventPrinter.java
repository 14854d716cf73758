package dev.everfold.cli;

import dev.everfold.cloudevents.CloudEventWriter;
import dev.everfold.eventstore.RecordedEvent;
import java.io.IOException;

/// Shows events on standard output.
interface EventPrinter {

    /// In which form.
    enum Format {
        /// For people: a row an event, as wide as the terminal.
        TABLE,
        /// For programs: a CloudEvent a line, as exported.
        NDJSON;
    }

    /// Shows one event, at the latest when [#flush] is called.
    void print(RecordedEvent event);

    /// Brings out what was held back.
    void flush();

    static EventPrinter of(Format format, Console console) {
        return switch (format) {
            case TABLE -> new EventTable(console.out(), console.terminal().width());
            case NDJSON -> ndjson(console.out());
        };
    }

    private static EventPrinter ndjson(Output out) {
        CloudEventWriter writer = new CloudEventWriter();
        return new EventPrinter() {
            @Override
            public void print(RecordedEvent event) {
                try {
                    writer.write(event, out);
                } catch (IOException failed) {
                    throw new Output.FailedException(failed);
                }
            }

            @Override
            public void flush() {
                out.flush();
            }
        };
    }
}
