package dev.everfold.eventsourcing.codec;

import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;

/// Writes the text that is a key of a map. Half a surrogate pair would be written in a key as in any text, and be
/// read in any text but a key: the event could never be read.
final class TextKeys extends ValueSerializer<String> {

    @Override
    public void serialize(String key, JsonGenerator json, SerializationContext context) {
        if (!isUnicode(key)) {
            throw new IllegalArgumentException("a key of a map holds an unpaired surrogate; expected valid Unicode");
        }
        json.writeName(key);
    }

    static boolean isUnicode(String text) {
        int point;
        for (int at = 0; at < text.length(); at += Character.charCount(point)) {
            point = text.codePointAt(at);
            if (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE) {
                return false;
            }
        }
        return true;
    }
}
