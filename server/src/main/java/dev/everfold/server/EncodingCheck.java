package dev.everfold.server;

import io.javalin.http.Context;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/// Refuses requests whose query would be read as something else than what was sent.
///
/// Javalin leaves out a parameter that is not percent-encoded, puts U+FFFD in the place of what is no UTF-8, and takes
/// the query to be in the charset of the body. So a condition of an append would be lost, or be about other names.
final class EncodingCheck {

    private static final int ESCAPE_CHARACTERS = "%2C".length();

    private EncodingCheck() {}

    /// @throws IllegalArgumentException when the query is not in UTF-8, or the body is said not to be
    static void require(Context context) {
        String charset = context.characterEncoding();
        if (charset != null && !isUtf8(charset)) {
            throw new IllegalArgumentException(
                    "The charset \"" + charset + "\" is not taken; expected UTF-8, or none.");
        }
        String query = context.queryString();
        if (query != null && !isEncoded(query)) {
            throw new IllegalArgumentException("The query of the request is not percent-encoded UTF-8 (RFC 3986,"
                    + " section 2.1); expected two hexadecimal digits after each percent sign.");
        }
    }

    private static boolean isUtf8(String charset) {
        try {
            return Charset.forName(charset).equals(StandardCharsets.UTF_8);
        } catch (IllegalArgumentException unknown) {
            return false;
        }
    }

    private static boolean isEncoded(String query) {
        ByteArrayOutputStream decoded = new ByteArrayOutputStream(query.length());
        int at = 0;
        while (at < query.length()) {
            if (query.charAt(at) != '%') {
                // What stands there unencoded is not looked at.
                decoded.write('.');
                at++;
                continue;
            }
            int end = at + ESCAPE_CHARACTERS;
            if (end > query.length()
                    || !HexFormat.isHexDigit(query.charAt(at + 1))
                    || !HexFormat.isHexDigit(query.charAt(at + 2))) {
                return false;
            }
            decoded.write(HexFormat.fromHexDigits(query, at + 1, end));
            at = end;
        }
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(decoded.toByteArray()));
            return true;
        } catch (CharacterCodingException malformed) {
            return false;
        }
    }
}
