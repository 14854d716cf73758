package dev.everfold.eventstore;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// Where a store is: `scheme:rest?name=value&…`, for example `log:data/orders?mode=read`.
///
/// The rest is taken as it stands (a path may hold spaces); the parameters begin at the last `?`.
///
/// @param scheme which engine, for example `log`
/// @param rest what the engine makes of it, for example a directory
/// @param parameters settings by name
public record StoreUri(String scheme, String rest, Map<String, String> parameters) {

    /// A password with what comes before it: a user in front of the host, or the parameter's name. Engines take all
    /// that comes before the last `@` for the user and the password, so these may hold any of `/`, `:` and `@`.
    private static final Pattern PASSWORD = Pattern.compile("(//[^/@:]*:)[^?]+(?=@)|([?&]password=)[^&]+");

    /// Copies the map in a fixed order.
    public StoreUri {
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(new TreeMap<>(parameters)));
    }

    /// Reads the text form.
    ///
    /// @throws IllegalArgumentException when there is no scheme or a parameter is not `name=value`
    public static StoreUri parse(String uri) {
        int colon = uri.indexOf(':');
        if (colon < 1) {
            throw new IllegalArgumentException("\"" + withoutPassword(uri)
                    + "\" is not a store URI; expected SCHEME:…, for example log:DIRECTORY.");
        }
        String rest = uri.substring(colon + 1);
        Map<String, String> parameters = new TreeMap<>();
        int question = rest.lastIndexOf('?');
        if (question >= 0) {
            for (String parameter : rest.substring(question + 1).split("&", -1)) {
                int equals = parameter.indexOf('=');
                if (equals < 1) {
                    throw new IllegalArgumentException("\"" + parameter + "\" in store URI \"" + withoutPassword(uri)
                            + "\" is not a parameter; expected NAME=VALUE.");
                }
                parameters.put(parameter.substring(0, equals), parameter.substring(equals + 1));
            }
            rest = rest.substring(0, question);
        }
        return new StoreUri(uri.substring(0, colon), rest, parameters);
    }

    /// The same store with one parameter set.
    public StoreUri with(String name, String value) {
        Map<String, String> more = new TreeMap<>(parameters);
        more.put(name, value);
        return new StoreUri(scheme, rest, more);
    }

    /// The text form for messages and logs: with `***` for passwords.
    public String forMessages() {
        return withoutPassword(toString());
    }

    private static String withoutPassword(String text) {
        return PASSWORD.matcher(text).replaceAll("$1$2***");
    }

    /// The text form, passwords included.
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(scheme).append(':').append(rest);
        char separator = '?';
        for (Map.Entry<String, String> parameter : parameters.entrySet()) {
            text.append(separator).append(parameter.getKey()).append('=').append(parameter.getValue());
            separator = '&';
        }
        return text.toString();
    }
}
