package dev.everfold.search;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Which builds of a projection there are and which of them serves: one document for each projection, changed by
/// conditional writes only. What it says counts; aliases follow it.
///
/// @param last the highest number that was ever given to a build
/// @param serving number of the build that readers are to see; 0 = none
/// @param builds by number
/// @param retired builds whose index and claims are still to be deleted
record Registry(String projection, long last, long serving, List<BuildEntry> builds, List<BuildEntry> retired) {

    /// Versions of projections begin with it; builds of a lower one are for comparing and never serve.
    private static final int VERSION_MIN = 1;

    Registry {
        builds = List.copyOf(builds);
        retired = List.copyOf(retired);
    }

    static Registry empty(String projection, long last) {
        return new Registry(projection, last, 0, List.of(), List.of());
    }

    static Registry parse(JsonNode json) {
        return new Registry(
                json.path("projection").asString(),
                json.path("last").asLong(),
                json.path("serving").asLong(),
                entries(json.path("builds")),
                entries(json.path("retired")));
    }

    private static List<BuildEntry> entries(JsonNode json) {
        List<BuildEntry> all = new ArrayList<>();
        json.forEach(entry -> all.add(BuildEntry.parse(entry)));
        return all;
    }

    ObjectNode json() {
        ObjectNode json =
                Json.object().put("projection", projection).put("last", last).put("serving", serving);
        ArrayNode there = json.putArray("builds");
        builds.forEach(entry -> there.add(entry.json()));
        ArrayNode gone = json.putArray("retired");
        retired.forEach(entry -> gone.add(entry.json()));
        return json;
    }

    /// The index of a build, `orders-b000002`; each time it is emptied another one, `orders-b000002.1`.
    static IndexName index(String projection, long number) {
        return new IndexName("%s-b%06d".formatted(projection, number));
    }

    /// How the names of all indices of a projection begin.
    static String prefix(String projection) {
        return projection + "-b";
    }

    /// The number in the name of an index; empty when it is none of this projection.
    static Optional<Long> number(String projection, String index) {
        var name = Pattern.compile(Pattern.quote(prefix(projection)) + "(\\d{6,18})(\\.\\d+)?")
                .matcher(index);
        return name.matches() ? Optional.of(Long.valueOf(name.group(1))) : Optional.empty();
    }

    Optional<BuildEntry> build(long number) {
        return builds.stream().filter(entry -> entry.number() == number).findFirst();
    }

    Optional<BuildEntry> servingBuild() {
        return build(serving);
    }

    /// With one more build, which has the next number and serves when no other does, unless it is for comparing.
    Registry plus(int version, int partitions, String definition) {
        long number = last + 1;
        List<BuildEntry> all = new ArrayList<>(builds);
        all.add(new BuildEntry(number, version, partitions, index(projection, number), definition));
        boolean serves = version >= VERSION_MIN && servingBuild().isEmpty();
        return new Registry(projection, number, serves ? number : serving, all, retired);
    }

    /// With those builds retired.
    Registry retire(Predicate<BuildEntry> which) {
        List<BuildEntry> stay = new ArrayList<>();
        List<BuildEntry> go = new ArrayList<>(retired);
        Consumer<BuildEntry> sort = entry -> (which.test(entry) ? go : stay).add(entry);
        builds.forEach(sort);
        return new Registry(projection, last, serving, stay, go);
    }

    /// With another build serving and the one before retired.
    Registry serve(long number) {
        Registry without = retire(entry -> entry.number() == serving && entry.number() != number);
        return new Registry(projection, last, number, without.builds, without.retired);
    }

    Registry replace(BuildEntry entry) {
        List<BuildEntry> all = builds.stream()
                .map(each -> each.number() == entry.number() ? entry : each)
                .toList();
        return new Registry(projection, last, serving, all, retired);
    }

    /// Without those that were retired and are deleted now.
    Registry forget(List<BuildEntry> deleted) {
        List<BuildEntry> left =
                retired.stream().filter(entry -> !deleted.contains(entry)).toList();
        return new Registry(projection, last, serving, builds, left);
    }
}
