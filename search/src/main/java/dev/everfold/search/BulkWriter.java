package dev.everfold.search;

import dev.everfold.search.BulkResult.Failure;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// Sends changes in requests of bounded size, one after the other, and reads what became of each item.
final class BulkWriter {

    /// What of the answer is read: with thousands of items the rest is most of it.
    private static final String PARAMETERS =
            "?require_alias=true&filter_path=error,errors,items.*.status,items.*.error";

    private final Transport transport;
    private final int bytesMax;

    BulkWriter(Transport transport, int bytesMax) {
        this.transport = transport;
        this.bytesMax = bytesMax;
    }

    /// Stores the items. A request that fails as a whole ends it; what earlier ones stored stays.
    ///
    /// @throws IllegalArgumentException when an item alone is larger than a request may be; nothing is stored
    /// @throws IndexMissingException when the index or the alias is not there
    BulkResult write(IndexName index, String alias, List<? extends BulkItem> items) {
        List<byte[]> lines = items.stream().map(this::encode).toList();
        BulkResult result = BulkResult.NONE;
        int begin = 0;
        while (begin < items.size()) {
            int end = end(lines, begin);
            result = result.plus(send(index, alias, items.subList(begin, end), lines.subList(begin, end)));
            begin = end;
        }
        return result;
    }

    private byte[] encode(BulkItem item) {
        byte[] lines = item.lines();
        if (lines.length > bytesMax) {
            throw new IllegalArgumentException("Document \"" + item.id() + "\" takes " + lines.length
                    + " bytes; the limit is " + bytesMax + " (SearchOptions.bulkBytesMax). Keep less in it.");
        }
        return lines;
    }

    /// As many as fit; one always does.
    private int end(List<byte[]> lines, int begin) {
        long bytes = 0;
        int end = begin;
        while (end < lines.size() && bytes + lines.get(end).length <= bytesMax) {
            bytes += lines.get(end).length;
            end++;
        }
        return end;
    }

    private BulkResult send(IndexName index, String alias, List<? extends BulkItem> items, List<byte[]> lines) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        lines.forEach(body::writeBytes);
        String what = "Storing " + items.size() + " documents in index \"" + index + "\"";
        Answer answer = transport.send(Call.changing(what, "POST", Call.path(alias, "_bulk") + PARAMETERS)
                .on(index)
                .lines(body.toByteArray()));
        return read(index, items, answer.body().path("items"));
    }

    private static BulkResult read(IndexName index, List<? extends BulkItem> items, JsonNode answers) {
        if (answers.size() != items.size()) {
            throw new IllegalStateException("A bulk of " + items.size() + " items was answered for " + answers.size()
                    + ". Look for what stands between this process and the server.");
        }
        int stored = 0;
        int stale = 0;
        List<Failure> failures = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            JsonNode answer = answers.get(i).iterator().next();
            JsonNode error = answer.path("error");
            int status = answer.path("status").asInt();
            if (status == Call.CONFLICT) {
                stale++;
            } else if (error.isMissingNode()) {
                stored++; // also a deletion of what was not there, whose status is 404
            } else if (Answer.isIndexMissing(Answer.errorType(error))) {
                throw new IndexMissingException(index.value());
            } else {
                failures.add(new Failure(items.get(i).id(), status, Answer.errorType(error), Answer.errorText(error)));
            }
        }
        return new BulkResult(stored, stale, failures);
    }
}
