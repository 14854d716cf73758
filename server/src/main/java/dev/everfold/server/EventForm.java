package dev.everfold.server;

import dev.everfold.cloudevents.CloudEventWriter;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.server.view.PlainEvent;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.OutputStream;

/// How the events of an answer are written: each on a line that ends with a line feed.
interface EventForm {

    /// Writes one event.
    void write(RecordedEvent event, OutputStream output) throws IOException;

    /// What the parameters `form` and `bytesMax` ask for: CloudEvents unless they say `plain`.
    ///
    /// @throws IllegalArgumentException when they ask for something else
    static EventForm of(Context context) {
        String form = context.queryParam("form");
        long bytesMax = Selection.number(context, "bytesMax", Integer.MAX_VALUE);
        if (bytesMax < 0 || bytesMax > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "The bytesMax " + bytesMax + " is out of range; expected 0.." + Integer.MAX_VALUE + ".");
        }
        return switch (form == null ? "cloudevents" : form) {
            case "plain" ->
                (event, output) -> {
                    output.write(Json.bytes(PlainEvent.of(event, (int) bytesMax)));
                    output.write('\n');
                };
            case "cloudevents" -> new CloudEventWriter()::write;
            default ->
                throw new IllegalArgumentException(
                        "The form \"" + form + "\" is not known; expected cloudevents or plain.");
        };
    }
}
