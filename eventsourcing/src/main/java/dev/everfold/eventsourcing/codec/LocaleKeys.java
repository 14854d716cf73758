package dev.everfold.eventsourcing.codec;

import java.util.Locale;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.KeyDeserializer;
import tools.jackson.databind.node.StringNode;

/// Reads the locales that are keys of a map, which are written as [Locale#toString()] says: language, country and
/// variant, then `_#` with script and extensions. Jackson would leave those out, and make one key of `sr_RS_#Latn`
/// and `sr_RS_#Cyrl`. Safe for many threads.
final class LocaleKeys extends KeyDeserializer {

    private static final String MORE = "_#";
    private static final int SCRIPT_LENGTH = 4;

    @Override
    public Object deserializeKey(String key, DeserializationContext context) {
        int more = key.indexOf(MORE);
        return more < 0
                ? context.readTreeAsValue(StringNode.valueOf(key), Locale.class)
                : Locale.forLanguageTag(tag(key.substring(0, more), key.substring(more + MORE.length())));
    }

    /// As a language tag has it, the script comes second: `sr-Latn-RS`.
    private static String tag(String names, String more) {
        int end = names.indexOf('_');
        String language = end < 0 ? names : names.substring(0, end);
        String rest = end < 0 ? "" : names.substring(end);
        boolean hasScript = more.length() == SCRIPT_LENGTH || more.indexOf('_') == SCRIPT_LENGTH;
        String script = hasScript ? "_" + more.substring(0, SCRIPT_LENGTH) : "";
        String extensions = hasScript ? more.substring(SCRIPT_LENGTH) : "_" + more;
        return ((language.isEmpty() ? "und" : language) + script + rest + extensions)
                .replaceAll("_+", "-")
                .replaceAll("-$", "");
    }
}
