package dev.everfold.server.view;

import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.RecordedEvent;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// An event as a JSON object that can hold every event, whatever its tags, data and metadata are.
///
/// Unlike a CloudEvent it has its tags as a list, and data and metadata as text: exactly what is stored, where that is
/// UTF-8, and base 64 where it is not (`dataBase64`, `metadataBase64`).
public final class PlainEvent {

    private PlainEvent() {}

    /// The members of the object, in order.
    ///
    /// @param bytesMax most bytes of data and of metadata; what is longer is cut, which `isCut` says
    public static Map<String, Object> of(RecordedEvent event, int bytesMax) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("position", event.position());
        members.put("stream", event.stream());
        members.put("revision", event.revision());
        members.put("type", event.type());
        members.put("id", event.id().toString());
        members.put("recorded", event.recorded().toString());
        event.occurred().ifPresent(time -> members.put("occurred", time.toString()));
        members.put("tags", event.tags());
        putLinks(members, EventLinks.of(event));
        members.put("contentType", event.contentType());
        members.put("dataBytes", event.data().length());
        boolean isDataCut = put(members, "data", event.data(), bytesMax);
        members.put("metadataBytes", event.metadata().length());
        boolean isMetadataCut = put(members, "metadata", event.metadata(), bytesMax);
        if (isDataCut || isMetadataCut) {
            members.put("isCut", true);
        }
        return members;
    }

    /// The members of an object about the event's place, without data and metadata.
    static Map<String, Object> place(RecordedEvent event, EventLinks links) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("id", event.id().toString());
        members.put("position", event.position());
        members.put("stream", event.stream());
        members.put("revision", event.revision());
        members.put("type", event.type());
        members.put("recorded", event.recorded().toString());
        links.actor().ifPresent(actor -> members.put("actor", actor));
        links.reason().ifPresent(reason -> members.put("reason", reason));
        return members;
    }

    private static void putLinks(Map<String, Object> members, EventLinks links) {
        put(members, "correlation", links.correlation());
        put(members, "causation", links.causation());
        put(members, "command", links.command());
        put(members, "compensates", links.compensates());
        put(members, "actor", links.actor());
        put(members, "reason", links.reason());
    }

    private static void put(Map<String, Object> members, String name, Optional<String> value) {
        value.ifPresent(text -> members.put(name, text));
    }

    /// @return whether it was cut
    private static boolean put(Map<String, Object> members, String name, Bytes bytes, int bytesMax) {
        byte[] all = bytes.toArray();
        boolean isCut = all.length > bytesMax;
        ByteBuffer text = ByteBuffer.wrap(all, 0, isCut ? beginOfCharacter(all, bytesMax) : all.length);
        try {
            members.put(name, StandardCharsets.UTF_8.newDecoder().decode(text).toString());
        } catch (CharacterCodingException binary) {
            ByteBuffer shown = ByteBuffer.wrap(all, 0, Math.min(all.length, bytesMax));
            ByteBuffer base64 = Base64.getEncoder().encode(shown);
            members.put(
                    name + "Base64", StandardCharsets.US_ASCII.decode(base64).toString());
        }
        return isCut;
    }

    private static int beginOfCharacter(byte[] bytes, int at) {
        int begin = at;
        while (begin > 0 && (bytes[begin] & 0xc0) == 0x80) {
            begin--;
        }
        return begin;
    }
}
