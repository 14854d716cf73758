package dev.everfold.grpc;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStoreProvider;
import dev.everfold.eventstore.StoreUri;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Makes `everfold://host:port` known; the port may be left out and is 2113 then.
///
/// Parameter `mode` = `create`, `existing` or `read`. A server has a store when it runs, so the first two are
/// the same; with the third, appends are refused here.
public final class GrpcEventStoreProvider implements EventStoreProvider {

    /// Where a server listens unless it is told otherwise.
    public static final int DEFAULT_PORT = 2113;

    private static final int PORT_MAX = 65_535;
    private static final Pattern REST = Pattern.compile("//(\\[[0-9A-Fa-f:.]+]|[^/:\\[\\]@]+)(?::([0-9]{1,5}))?/?");

    /// For [java.util.ServiceLoader].
    public GrpcEventStoreProvider() {}

    @Override
    public String scheme() {
        return "everfold";
    }

    @Override
    public EventStore open(StoreUri uri) {
        Matcher rest = REST.matcher(uri.rest());
        if (!rest.matches()) {
            throw unexpected(uri);
        }
        String host = rest.group(1).replaceAll("[\\[\\]]", "");
        int port = rest.group(2) == null ? DEFAULT_PORT : Integer.parseInt(rest.group(2));
        if (port == 0 || port > PORT_MAX) {
            throw unexpected(uri);
        }
        boolean readOnly = false;
        for (Map.Entry<String, String> parameter : uri.parameters().entrySet()) {
            String text = parameter.getKey() + "=" + parameter.getValue();
            readOnly = switch (text) {
                case "mode=create", "mode=existing" -> false;
                case "mode=read" -> true;
                default ->
                    throw new IllegalArgumentException("Store URI \"" + uri.forMessages() + "\" has the parameter "
                            + text + "; expected mode=create, mode=existing or mode=read.");
            };
        }
        return GrpcEventStore.open(host, port, GrpcOptions.DEFAULTS.withReadOnly(readOnly));
    }

    private static IllegalArgumentException unexpected(StoreUri uri) {
        return new IllegalArgumentException("\"" + uri
                + "\" is not the URI of a server; expected everfold://HOST:PORT,"
                + " for example everfold://localhost:2113.");
    }
}
