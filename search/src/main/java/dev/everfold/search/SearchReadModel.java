package dev.everfold.search;

import dev.everfold.eventsourcing.projection.Build;
import dev.everfold.eventsourcing.projection.ModelClaim;
import dev.everfold.eventsourcing.projection.ModelSnapshot;
import dev.everfold.eventsourcing.projection.Projection;
import dev.everfold.eventsourcing.projection.ReadModel;
import dev.everfold.eventstore.RecordedEvent;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A read model in Elasticsearch or OpenSearch. Safe for many threads; close it after its projection.
///
/// ```java
/// SearchReadModel model = SearchReadModel.on(
///         SearchOptions.at(URI.create("http://localhost:9200")),
///         IndexDefinition.parse("""
///                 {"mappings": {"dynamic": "strict", "properties": {"customer": {"type": "text"}}}}"""));
/// everfold.start(orders, model);
/// ```
///
/// Each build has an index of its own, `orders-b000001` for the first one of projection `orders`; who searches, does
/// so by the alias `orders`, which leads to the build that serves. How far projections are is kept in the index
/// `everfold-consumers`. Whichever of these somebody deletes, or replaces by what it was earlier, is made again from
/// the log. Documents that somebody else changes are not noticed.
///
/// The server is asked for the first time when the projection begins, and again until it answers.
public final class SearchReadModel implements ReadModel<SearchDocuments>, AutoCloseable {

    private final Supplier<SearchClient> opening;
    private final IndexDefinition definition;
    private final SearchModelOptions options;
    private final Clock clock;

    /// Guarded by this.
    private @Nullable Backend backend;

    SearchReadModel(
            Supplier<SearchClient> opening, IndexDefinition definition, SearchModelOptions options, Clock clock) {
        this.opening = opening;
        this.definition = definition;
        this.options = options;
        this.clock = clock;
    }

    /// On a server, with indices made like this.
    public static SearchReadModel on(SearchOptions server, IndexDefinition definition) {
        return new SearchReadModel(
                () -> SearchClient.open(server), definition, SearchModelOptions.DEFAULTS, Clock.systemUTC());
    }

    /// The same, not opened yet, whose readers see steps at another time.
    public SearchReadModel refreshing(SearchRefresh when) {
        return new SearchReadModel(opening, definition, new SearchModelOptions(when, options.fetching()), clock);
    }

    /// The same, not opened yet, that fetches all documents at once that the events of a step will ask for
    /// ([SearchDocuments#get]).
    ///
    /// @param idsOfEvent too many or too few do no harm
    public SearchReadModel fetching(Function<RecordedEvent, ? extends Collection<String>> idsOfEvent) {
        return new SearchReadModel(opening, definition, new SearchModelOptions(options.refresh(), idsOfEvent), clock);
    }

    private synchronized Backend backend() {
        Backend open = backend;
        if (open == null) {
            open = Backend.of(opening.get());
            backend = open;
        }
        return open;
    }

    private SearchBuilds searchBuilds() {
        return new SearchBuilds(backend(), definition, clock);
    }

    @Override
    public List<Build> builds(String projection) {
        return searchBuilds().list(projection);
    }

    /// @throws IllegalStateException when there is one of this version with other mappings or settings
    @Override
    public Build create(String projection, int version, int partitions, long after) {
        return searchBuilds().create(projection, version, partitions, after);
    }

    /// Another claim is respected until its lease ends, by the clock of this machine. A clock that differs makes it
    /// earlier or later, and does no other harm.
    ///
    /// @throws IllegalStateException when the build was made with other mappings or settings
    @Override
    public Optional<ModelClaim> claim(
            Build build, int partition, Projection<SearchDocuments> projection, String owner, Duration lease) {
        return new SearchClaims(backend(), options, searchBuilds(), projection, clock)
                .claim(build, partition, owner, lease);
    }

    @Override
    public void drop(Build build) {
        searchBuilds().drop(build);
    }

    @Override
    public void dropRetired(String projection) {
        searchBuilds().dropRetired(projection);
    }

    /// Needs a moment in which no step is under way: it is tried for some seconds.
    ///
    /// @throws IllegalStateException when there was none, or the build is not there
    @Override
    public ModelSnapshot snapshot(Build build) {
        return SearchSnapshot.open(backend(), build);
    }

    @Override
    public boolean isTransient(RuntimeException failure) {
        // An index that is deleted while it is asked for is met as missing next time.
        return failure instanceof IndexMissingException || SearchClaim.isPassing(failure);
    }

    /// Ends what is under way.
    @Override
    public synchronized void close() {
        if (backend != null) {
            backend.client().close();
        }
    }
}
