package dev.everfold.cloudevents;

import dev.everfold.eventstore.Bytes;
import java.io.ByteArrayOutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/// The tags of an event as one text, since CloudEvents has no lists: separated by commas, or, where a tag holds a comma
/// or begins or ends with white space, percent-encoded before that (RFC 3986, section 2.1).
final class TagList {

    private static final int ESCAPE_CHARACTERS = "%2C".length();

    private TagList() {}

    /// Whether the tags come back as they are without being encoded.
    static boolean isPlain(Collection<String> tags) {
        return tags.stream().allMatch(tag -> tag.indexOf(',') < 0 && tag.equals(tag.trim()));
    }

    static String plain(Collection<String> tags) {
        return String.join(",", tags);
    }

    static String encoded(Collection<String> tags) {
        return tags.stream()
                .map(tag -> URLEncoder.encode(tag, StandardCharsets.UTF_8).replace("+", "%20"))
                .collect(Collectors.joining(","));
    }

    /// Without blanks around a tag, and without empty ones.
    static List<String> parse(String text) {
        List<String> tags = new ArrayList<>();
        int from = 0;
        while (from <= text.length()) {
            int comma = text.indexOf(',', from);
            int to = comma < 0 ? text.length() : comma;
            String tag = text.substring(from, to).trim();
            if (!tag.isEmpty()) {
                tags.add(tag);
            }
            from = to + 1;
        }
        return tags;
    }

    /// @throws IllegalArgumentException when one is not percent-encoded UTF-8, or no Unicode
    static List<String> parseEncoded(String text) {
        return parse(text).stream().map(TagList::decoded).toList();
    }

    private static String decoded(String tag) {
        if (tag.indexOf('%') < 0) {
            return tag;
        }
        byte[] utf8 = Bytes.utf8(tag).toArray();
        ByteArrayOutputStream decoded = new ByteArrayOutputStream(utf8.length);
        int at = 0;
        while (at < utf8.length) {
            if (utf8[at] == '%') {
                if (at + ESCAPE_CHARACTERS > utf8.length) {
                    throw new IllegalArgumentException("cut off after a percent sign");
                }
                decoded.write(HexFormat.fromHexDigit(utf8[at + 1]) << 4 | HexFormat.fromHexDigit(utf8[at + 2]));
                at += ESCAPE_CHARACTERS;
            } else {
                decoded.write(utf8[at]);
                at++;
            }
        }
        byte[] bytes = decoded.toByteArray();
        if (!Utf8.isValid(bytes, 0, bytes.length)) {
            throw new IllegalArgumentException("not UTF-8");
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
