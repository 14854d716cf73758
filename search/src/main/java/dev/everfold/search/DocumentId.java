package dev.everfold.search;

import java.nio.charset.StandardCharsets;

/// What both servers take as the id of a document.
final class DocumentId {

    static final int BYTES_MAX = 512;

    private DocumentId() {}

    /// @throws IllegalArgumentException when it is empty, too long, or no Unicode
    static String check(String id) {
        if (id.codePoints().anyMatch(DocumentId::isHalf)) {
            throw new IllegalArgumentException("Document id \"" + id
                    + "\" has half of a surrogate pair in it; expected Unicode. Two ids could become one.");
        }
        int bytes = id.getBytes(StandardCharsets.UTF_8).length;
        if (bytes == 0 || bytes > BYTES_MAX) {
            throw new IllegalArgumentException(
                    "Document id \"" + id + "\" has " + bytes + " bytes; expected 1 to " + BYTES_MAX + ".");
        }
        return id;
    }

    private static boolean isHalf(int codePoint) {
        return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    }
}
