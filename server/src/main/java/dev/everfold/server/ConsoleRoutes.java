package dev.everfold.server;

import dev.everfold.eventstore.Bytes;
import dev.everfold.server.security.Permission;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/// The console: one page and its files, out of the class path.
///
/// Nothing in it comes from elsewhere, and the browser is told to hold it to that. What it shows and does, it asks of
/// the same routes as everybody.
final class ConsoleRoutes {

    /// No script or style but those of files of ours, no frames, nothing from elsewhere.
    static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
            + " img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

    /// Of every answer: it is what it says it is, and no page runs what is not a file of ours.
    static final Map<String, String> PROTECTION = Map.of(
            "Content-Security-Policy", POLICY, "X-Content-Type-Options", "nosniff", "Referrer-Policy", "no-referrer");

    private static final Pattern FILE = Pattern.compile("[a-z][A-Za-z0-9-]*(\\.[a-z]+)*\\.(js|css|svg)");
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "svg", "image/svg+xml");

    /// What was asked for and is there; names that are not are not kept.
    private final Map<String, Asset> files = new ConcurrentHashMap<>();

    /// @param tag changes with the bytes
    private record Asset(Bytes bytes, String type, String tag) {}

    List<Route> routes() {
        return List.of(
                Route.get("/", Permission.OPEN, context -> answer(context, "index.html")),
                Route.get("/console/{file}", Permission.OPEN, this::file));
    }

    static void protect(Context context) {
        PROTECTION.forEach(context::header);
    }

    private void file(Context context) {
        String name = context.pathParam("file");
        if (!FILE.matcher(name).matches()) {
            throw new NothingThereException("The console has no file of this name.");
        }
        answer(context, name);
    }

    private void answer(Context context, String name) {
        Asset asset = files.get(name);
        if (asset == null) {
            asset = load(name).orElseThrow(() -> new NothingThereException("The console has no file of this name."));
            files.put(name, asset);
        }
        context.header("Cache-Control", "no-cache").header("ETag", asset.tag());
        if (asset.tag().equals(context.header("If-None-Match"))) {
            context.status(304);
            return;
        }
        context.contentType(asset.type()).result(asset.bytes().toArray());
    }

    private static Optional<Asset> load(String name) {
        try (InputStream file = ConsoleRoutes.class.getResourceAsStream("console/" + name)) {
            if (file == null) {
                return Optional.empty();
            }
            byte[] bytes = file.readAllBytes();
            CRC32C sum = new CRC32C();
            sum.update(ByteBuffer.wrap(bytes));
            String type = Objects.requireNonNull(TYPES.get(name.substring(name.lastIndexOf('.') + 1)));
            return Optional.of(new Asset(
                    Bytes.of(bytes), type, "\"" + Long.toHexString(sum.getValue()) + "-" + bytes.length + "\""));
        } catch (IOException unreadable) {
            throw new UncheckedIOException("The file " + name + " of the console cannot be read.", unreadable);
        }
    }
}
