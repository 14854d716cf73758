package dev.everfold.cloudevents;

import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.RecordedEvent;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/// Makes lines of events, one after another, with the same buffers; see [CloudEvents] for what maps to
/// what.
///
/// For one thread at a time. Always writes the same attributes in the same order for the same event.
public final class CloudEventWriter {

    private final ByteSink sink = new ByteSink();
    private final JsonValues values = new JsonValues();
    private final MetadataForm form = new MetadataForm();

    /// A writer with buffers of its own.
    public CloudEventWriter() {}

    /// The line of the event, without a line feed.
    public String format(RecordedEvent event) {
        encode(event);
        return new String(sink.toArray(), StandardCharsets.UTF_8);
    }

    /// Writes the line of the event and a line feed.
    ///
    /// @throws IOException when the target cannot be written to
    public void write(RecordedEvent event, OutputStream target) throws IOException {
        encode(event);
        sink.put('\n');
        sink.writeTo(target);
    }

    private void encode(RecordedEvent event) {
        byte[] metadata = event.metadata().toArray();
        boolean hasForm = metadata.length > 0 && form.read(metadata, event.id());
        sink.clear();
        sink.putAscii("{\"specversion\":\"1.0\",\"id\":");
        if (!(hasForm && putFromForm("id"))) {
            putQuoted(event.id().toString());
        }
        sink.putAscii(",\"source\":");
        if (!(hasForm && putFromForm("source"))) {
            putQuoted(CloudEvents.DEFAULT_SOURCE);
        }
        sink.putAscii(",\"type\":");
        event.withType((buffer, at, length) -> sink.putString(buffer, at, at + length));
        sink.putAscii(",\"subject\":");
        event.withStream((buffer, at, length) -> sink.putString(buffer, at, at + length));
        event.occurred().ifPresent(time -> {
            sink.putAscii(",\"time\":");
            putQuoted(time.toString());
        });
        String contentType = event.contentType();
        sink.putAscii(",\"datacontenttype\":");
        putString(contentType);
        if (hasForm && form.indexOf("dataschema").isPresent()) {
            sink.putAscii(",\"dataschema\":");
            putFromForm("dataschema");
        }
        putTags(event);
        if (hasForm) {
            putExtensions();
        }
        putPlace(event);
        if (metadata.length > 0 && !hasForm) {
            putBase64("metadatabase64", metadata);
        }
        putData(event.data(), contentType);
        sink.put('}');
    }

    private boolean putFromForm(String name) {
        Optional<Integer> index = form.indexOf(name);
        index.ifPresent(at -> form.putValue(at, sink));
        return index.isPresent();
    }

    private void putTags(RecordedEvent event) {
        var tags = event.tags();
        if (tags.isEmpty()) {
            return;
        }
        boolean isPlain = TagList.isPlain(tags);
        sink.putAscii(isPlain ? ",\"tags\":" : ",\"encodedtags\":");
        putString(isPlain ? TagList.plain(tags) : TagList.encoded(tags));
    }

    private void putExtensions() {
        for (int i = form.extensionsFrom(); i < form.count(); i++) {
            sink.putAscii(",\"");
            sink.putAscii(form.name(i));
            sink.putAscii("\":");
            form.putValue(i, sink);
        }
    }

    private void putPlace(RecordedEvent event) {
        sink.putAscii(",\"position\":");
        sink.putAscii(Long.toString(event.position()));
        sink.putAscii(",\"revision\":");
        sink.putAscii(Long.toString(event.revision()));
        sink.putAscii(",\"recordedtime\":");
        putQuoted(event.recorded().toString());
    }

    private void putData(Bytes bytes, String contentType) {
        if (bytes.isEmpty()) {
            return;
        }
        byte[] data = bytes.toArray();
        if (MediaType.isJson(contentType)) {
            if (values.isEmbeddable(data)) {
                sink.putAscii(",\"data\":");
                sink.put(data, 0, data.length);
                return;
            }
        } else if (MediaType.mayBeText(contentType) && isPlainText(data)) {
            sink.putAscii(",\"data\":");
            sink.putString(data, 0, data.length);
            return;
        }
        putBase64("data_base64", data);
    }

    /// Control characters other than tab and ends of lines are a sign of data that only looks like text.
    private static boolean isPlainText(byte[] data) {
        for (byte b : data) {
            if ((b >= 0 && b < 0x20 && b != '\t' && b != '\n' && b != '\r') || b == 0x7f) {
                return false;
            }
        }
        return Utf8.isValid(data, 0, data.length);
    }

    private void putBase64(String name, byte[] bytes) {
        byte[] encoded = Base64.getEncoder().encode(bytes);
        sink.putAscii(",\"");
        sink.putAscii(name);
        sink.putAscii("\":\"");
        sink.put(encoded, 0, encoded.length);
        sink.put('"');
    }

    private void putString(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        sink.putString(utf8, 0, utf8.length);
    }

    private void putQuoted(String ascii) {
        sink.put('"');
        sink.putAscii(ascii);
        sink.put('"');
    }
}
