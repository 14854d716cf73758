package dev.everfold.cloudevents;

import dev.everfold.eventstore.NewEvent;
import java.util.Locale;

/// What a content type says about the data.
final class MediaType {

    private MediaType() {}

    /// Whether data of this type is JSON: subtype `json` or a suffix `+json`, whatever the parameters.
    static boolean isJson(String contentType) {
        if (contentType.equals(NewEvent.JSON)) {
            return true;
        }
        int semicolon = contentType.indexOf(';');
        String essence = (semicolon < 0 ? contentType : contentType.substring(0, semicolon))
                .strip()
                .toLowerCase(Locale.ROOT);
        return essence.endsWith("/json") || essence.endsWith("+json");
    }

    /// Whether data of this type may be text; what may not is always written in base 64.
    static boolean mayBeText(String contentType) {
        return !contentType.equals(NewEvent.BINARY);
    }
}
