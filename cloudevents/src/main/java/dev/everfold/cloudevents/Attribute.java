package dev.everfold.cloudevents;

import java.util.Locale;
import java.util.Optional;

/// Attributes that the mapping knows; every other name is an extension.
enum Attribute {
    SPECVERSION,
    ID,
    SOURCE,
    TYPE,
    SUBJECT,
    TIME,
    DATACONTENTTYPE,
    DATASCHEMA,
    TAGS,
    ENCODEDTAGS,
    POSITION,
    REVISION,
    RECORDEDTIME,
    METADATABASE64,
    DATA,
    DATA_BASE64;

    private final Optional<Attribute> asOptional = Optional.of(this);

    /// The attribute of that name; empty for an extension.
    static Optional<Attribute> of(String name) {
        return switch (name) {
            case "specversion" -> SPECVERSION.asOptional;
            case "id" -> ID.asOptional;
            case "source" -> SOURCE.asOptional;
            case "type" -> TYPE.asOptional;
            case "subject" -> SUBJECT.asOptional;
            case "time" -> TIME.asOptional;
            case "datacontenttype" -> DATACONTENTTYPE.asOptional;
            case "dataschema" -> DATASCHEMA.asOptional;
            case "tags" -> TAGS.asOptional;
            case "encodedtags" -> ENCODEDTAGS.asOptional;
            case "position" -> POSITION.asOptional;
            case "revision" -> REVISION.asOptional;
            case "recordedtime" -> RECORDEDTIME.asOptional;
            case "metadatabase64" -> METADATABASE64.asOptional;
            case "data" -> DATA.asOptional;
            case "data_base64" -> DATA_BASE64.asOptional;
            default -> Optional.empty();
        };
    }

    /// Place in an array that has one for each attribute and lives no longer than the process.
    @SuppressWarnings("EnumOrdinal")
    int slot() {
        return ordinal();
    }

    /// The name in a line.
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// Whether CloudEvents allows it as the name of an extension: lower-case letters and digits of ASCII.
    static boolean isExtensionName(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if ((c < 'a' || c > 'z') && (c < '0' || c > '9')) {
                return false;
            }
        }
        return !name.isEmpty();
    }
}
