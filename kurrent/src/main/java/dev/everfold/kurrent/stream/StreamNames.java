package dev.everfold.kurrent.stream;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// How streams are named: what begins with `$` is the system's, and `$$x` holds the metadata of `x`.
public final class StreamNames {

    /// The whole log; never the name of a stream.
    public static final String ALL = "$all";

    /// Default permissions.
    public static final String SETTINGS = "$settings";

    /// Type of an event with a stream's metadata.
    public static final String METADATA_TYPE = "$metadata";

    /// Type of the event after which a stream takes nothing more.
    public static final String TOMBSTONE_TYPE = "$streamDeleted";

    /// Type of an event that stands for another one: its data is `revision@stream`.
    public static final String LINK_TYPE = "$>";

    /// How the streams begin in which groups of clients keep what they know; the stream of the group
    /// comes behind it.
    public static final String GROUP_PREFIX = "$persistentsubscription-";

    private StreamNames() {}

    /// The name that a client sent.
    ///
    /// @throws IllegalArgumentException when it is empty or not UTF-8
    public static String decode(ByteString name) {
        String decoded;
        try {
            ByteBuffer bytes = name.asReadOnlyByteBuffer();
            decoded = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException malformed) {
            throw new IllegalArgumentException("The name of a stream is not UTF-8; expected it to be.", malformed);
        }
        if (decoded.isEmpty() || decoded.equals("$$")) {
            throw new IllegalArgumentException("The name of a stream is \"" + decoded + "\"; expected a name.");
        }
        return decoded;
    }

    /// Whether the stream holds the metadata of another one.
    public static boolean isMetastream(String stream) {
        return stream.startsWith("$$");
    }

    /// Whether the stream is the system's.
    public static boolean isSystem(String stream) {
        return stream.startsWith("$");
    }

    /// Where the metadata of the stream is.
    public static String metastreamOf(String stream) {
        return "$$" + stream;
    }

    /// The stream that one tells of, as a policy sees it: metadata are those of their stream, and what a
    /// group keeps is of the stream of the group. Any other is its own.
    static String ownerOf(String stream) {
        String owner = stream;
        while (isMetastream(owner)) {
            owner = subjectOf(owner);
        }
        return owner.startsWith(GROUP_PREFIX) ? owner.substring(GROUP_PREFIX.length()) : owner;
    }

    /// Whose metadata a metastream holds; any other stream itself.
    public static String subjectOf(String stream) {
        return isMetastream(stream) ? stream.substring(2) : stream;
    }
}
