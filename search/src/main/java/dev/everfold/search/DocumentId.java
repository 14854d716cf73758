package dev.everfold.search;

import java.nio.charset.StandardCharsets;

/// What both servers take as the id of a document.
final class DocumentId {

    static final int BYTES_MAX = 512;

    private DocumentId() {}

    /// @throws IllegalArgumentException when it is empty or too long
    static String check(String id) {
        int bytes = id.getBytes(StandardCharsets.UTF_8).length;
        if (bytes == 0 || bytes > BYTES_MAX) {
            throw new IllegalArgumentException(
                    "Document id \"" + id + "\" has " + bytes + " bytes; expected 1 to " + BYTES_MAX + ".");
        }
        return id;
    }
}
