package dev.everfold.benchmarks.projections;

import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Query;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

/// What anybody would write who wants a log in a search server once, and never again: bulks, one after the other.
final class BareLoader implements AutoCloseable {

    private final URI server;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    BareLoader(URI server) {
        this.server = server;
    }

    void create(String index, String definition) throws IOException, InterruptedException {
        delete(index);
        send("PUT", "/" + index, "application/json", definition);
    }

    void delete(String index) throws IOException, InterruptedException {
        send("DELETE", "/" + index + "?ignore_unavailable=true", "application/json", "");
    }

    void load(String index, EventStore log) throws IOException, InterruptedException {
        try (EventCursor each = log.read(Read.matching(Query.all()))) {
            StringBuilder bulk = new StringBuilder();
            int events = 0;
            while (each.hasNext()) {
                append(bulk, each.next());
                if (++events % SearchLoading.BATCH == 0 || !each.hasNext()) {
                    String answer = send("POST", "/" + index + "/_bulk", "application/x-ndjson", bulk.toString());
                    if (!answer.contains("\"errors\":false")) {
                        throw new IOException("A bulk failed: " + answer);
                    }
                    bulk.setLength(0);
                }
            }
        }
    }

    private static void append(StringBuilder bulk, RecordedEvent event) {
        bulk.append("{\"index\":{\"_id\":\"").append(event.position()).append("\"}}\n{\"stream\":\"");
        escape(bulk, event.stream());
        bulk.append("\",\"type\":\"");
        escape(bulk, event.type());
        bulk.append("\",\"bytes\":").append(event.data().length());
        bulk.append(",\"everfold_id\":\"").append(event.position());
        bulk.append("\",\"everfold_position\":").append(event.position());
        bulk.append(",\"everfold_key\":\"");
        escape(bulk, event.stream());
        bulk.append("\"}\n");
    }

    private static void escape(StringBuilder bulk, String text) {
        bulk.append(text.replace("\\", "\\\\").replace("\"", "\\\""));
    }

    private String send(String method, String path, String type, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(server.resolve(path))
                .header("Content-Type", type)
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
        if (answer.statusCode() >= 300) {
            throw new IOException(method + " " + path + " failed: " + answer.statusCode() + " " + answer.body());
        }
        return answer.body();
    }

    @Override
    public void close() {
        client.close();
    }
}
