package dev.everfold.search;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Indices and the aliases that lead to them.
final class Indices {

    private final Transport transport;

    Indices(Transport transport) {
        this.transport = transport;
    }

    /// Makes the index with its write alias.
    ///
    /// @return false when it is there already; it is left as it is
    boolean create(IndexName index, IndexDefinition definition) {
        return create(index, definition, index.writeAlias());
    }

    /// Makes the index with these aliases.
    ///
    /// @return false when it is there already; it is left as it is
    boolean create(IndexName index, IndexDefinition definition, String... aliases) {
        String what = "Creating index \"" + index + "\"";
        Call call = Call.changing(what, "PUT", Call.path(index.value())).json(definition.body(aliases));
        Answer answer = transport.send(call.expecting(Call.BAD_REQUEST));
        if (answer.status() != Call.BAD_REQUEST) {
            return true;
        }
        if (Answer.errorType(answer.body().path("error")).equals("resource_already_exists_exception")) {
            return false;
        }
        answer.check(call);
        throw new AssertionError("status " + answer.status() + " passed");
    }

    /// Deletes the index with its aliases.
    ///
    /// @return false when it was not there
    boolean delete(IndexName index) {
        Call call = Call.changing("Deleting index \"" + index + "\"", "DELETE", Call.path(index.value()));
        return transport.send(call.expecting(Call.NOT_FOUND)).status() != Call.NOT_FOUND;
    }

    boolean exists(IndexName index) {
        Call call = Call.reading("Looking for index \"" + index + "\"", "HEAD", Call.path(index.value()));
        return transport.send(call.expecting(Call.NOT_FOUND)).status() != Call.NOT_FOUND;
    }

    /// The indices that an alias leads to, in order of their names; none when there is no such alias.
    Set<String> ofAlias(String alias) {
        Call call = Call.reading("Reading alias \"" + alias + "\"", "GET", Call.path("_alias", alias));
        Answer answer = transport.send(call.expecting(Call.NOT_FOUND));
        return answer.status() == Call.NOT_FOUND
                ? Set.of()
                : new TreeSet<>(answer.body().propertyNames());
    }

    /// The aliases of an index.
    Set<String> aliases(IndexName index) {
        String what = "Reading aliases of index \"" + index + "\"";
        Answer answer = transport.send(
                Call.reading(what, "GET", Call.path(index.value(), "_alias")).on(index));
        return Set.copyOf(answer.body().path(index.value()).path("aliases").propertyNames());
    }

    /// Which history its shards have now.
    IndexHistory history(IndexName index) {
        String what = "Reading what index \"" + index + "\" has come from";
        String path = Call.path(index.value(), "_stats", "docs") + IndexHistory.PARAMETERS;
        return IndexHistory.ofStatistics(
                transport.send(Call.reading(what, "GET", path).on(index)).body());
    }

    /// The indices whose names begin so, each with all its aliases.
    Map<String, Set<String>> withAliases(String prefix) {
        String what = "Reading aliases of indices \"" + prefix + "*\"";
        Answer answer = transport.send(Call.reading(what, "GET", "/" + prefix + "*/_alias"));
        Map<String, Set<String>> found = new TreeMap<>();
        answer.body()
                .properties()
                .forEach(index -> found.put(
                        index.getKey(),
                        Set.copyOf(index.getValue().path("aliases").propertyNames())));
        return found;
    }

    /// Changes a setting that can be changed while the index is in use; null = what the server has by itself.
    void set(IndexName index, String setting, @Nullable JsonNode value) {
        ObjectNode body = Json.object();
        body.set(setting, value == null ? Json.object().nullNode() : value);
        String path = Call.path(index.value(), "_settings");
        transport.send(Call.changing("Changing settings of index \"" + index + "\"", "PUT", path)
                .on(index)
                .json(body));
    }

    /// Changes aliases: all actions happen at once, or none. Nobody who searches by an alias finds it missing or
    /// leading to both.
    void changeAliases(List<AliasAction> actions) {
        transport.send(changing(actions));
    }

    /// The same.
    ///
    /// @return false when an alias that was to be removed, or an index, was not there; nothing was changed
    boolean tryChangeAliases(List<AliasAction> actions) {
        return transport.send(changing(actions).expecting(Call.NOT_FOUND)).status() != Call.NOT_FOUND;
    }

    private static Call changing(List<AliasAction> actions) {
        ObjectNode body = Json.object();
        ArrayNode all = body.putArray("actions");
        actions.forEach(action -> all.add(action.json()));
        return Call.changing("Changing aliases", "POST", "/_aliases").json(body);
    }

    /// Makes all that was stored so far visible to searches and counts.
    void refresh(IndexName index) {
        String path = Call.path(index.writeAlias(), "_refresh");
        Answer answer = transport.send(Call.changing("Refreshing index \"" + index + "\"", "POST", path)
                .on(index));
        Shards.check("Refreshing index \"" + index + "\"", answer);
    }

    /// The number of documents that searches see.
    long count(IndexName index) {
        String path = Call.path(index.writeAlias(), "_count");
        Answer answer = transport.send(Call.reading("Counting documents in index \"" + index + "\"", "GET", path)
                .on(index));
        Shards.check("Counting documents in index \"" + index + "\"", answer);
        return answer.body().path("count").asLong();
    }
}
