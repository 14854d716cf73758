package dev.everfold.eventsourcing.projection;

import java.util.List;
import java.util.Optional;

/// Which builds of a projection this process is to fill.
///
/// @param main the one that serves, or is to
/// @param replaces whether another build, of a lower version, serves until then
/// @param next the one that is built beside it, by an order to rebuild that was not finished
record BuildChoice(Build main, boolean replaces, Optional<Build> next) {

    /// @throws SupersededException when a newer version of the projection is serving
    static <T> BuildChoice of(Projection<T> projection, ReadModel<T> model) {
        List<Build> builds = model.builds(projection.name());
        Optional<Build> serving = builds.stream().filter(Build::serving).findFirst();
        if (serving.isPresent() && serving.get().version() > projection.version()) {
            throw new SupersededException(
                    projection.name(), projection.version(), serving.get().version());
        }
        Optional<Build> newest = builds.stream()
                .filter(build -> build.version() == projection.version() && !build.serving())
                .reduce((_, later) -> later);
        if (serving.isPresent() && serving.get().version() == projection.version()) {
            return new BuildChoice(serving.get(), false, newest);
        }
        Build main = newest.orElseGet(
                () -> model.create(projection.name(), projection.version(), projection.partitions(), highest(builds)));
        return new BuildChoice(main, serving.isPresent(), Optional.empty());
    }

    private static long highest(List<Build> builds) {
        return builds.stream().mapToLong(Build::number).max().orElse(0);
    }
}
