package dev.everfold.search;

import dev.everfold.eventsourcing.projection.Build;
import dev.everfold.eventsourcing.projection.ModelRow;
import dev.everfold.eventsourcing.projection.ModelSnapshot;
import dev.everfold.search.ConsumerIndex.Stored;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// All documents of a build as they are at one moment in which no step was under way: checkpoints stand still while
/// the moment is taken, no document is further than they are, and none was about to be deleted.
final class SearchSnapshot implements ModelSnapshot {

    private static final int TRIES_MAX = 200;
    private static final Duration PAUSE = Duration.ofMillis(20);
    private static final int PAGE = 1_000;

    private final PointInTime moment;
    private final String projection;
    private final long position;

    private SearchSnapshot(PointInTime moment, String projection, long position) {
        this.moment = moment;
        this.projection = projection;
        this.position = position;
    }

    static SearchSnapshot open(Backend backend, Build build) {
        BuildEntry entry = backend.consumers()
                .registry(build.projection())
                .map(Stored::content)
                .flatMap(registry -> registry.build(build.number()))
                .orElseThrow(() -> new IllegalStateException("Build " + build.number() + " of projection \""
                        + build.projection() + "\" is not there any more."));
        for (int tries = 0; tries < TRIES_MAX; tries++) {
            Optional<SearchSnapshot> taken = tryOpen(backend, build.projection(), entry);
            if (taken.isPresent()) {
                return taken.get();
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
        throw new IllegalStateException("Build " + build.number() + " of projection \"" + build.projection()
                + "\" was changed all the time. Pause it, or try again when it has caught up.");
    }

    private static Optional<SearchSnapshot> tryOpen(Backend backend, String projection, BuildEntry entry) {
        List<ClaimState> before = backend.consumers().claims(projection, entry);
        backend.client().indices().refresh(entry.index());
        PointInTime moment = backend.client().pointInTime(entry.index());
        boolean taken = false;
        try {
            List<ClaimState> after = backend.consumers().claims(projection, entry);
            long position = after.stream().mapToLong(ClaimState::position).min().orElse(0);
            taken = isAtRest(before) && isSame(before, after) && !hasFrom(moment, position);
            return taken ? Optional.of(new SearchSnapshot(moment, projection, position)) : Optional.empty();
        } finally {
            if (!taken) {
                moment.close();
            }
        }
    }

    private static boolean isAtRest(List<ClaimState> claims) {
        return claims.stream().allMatch(claim -> claim.deleting().isEmpty());
    }

    private static boolean isSame(List<ClaimState> before, List<ClaimState> after) {
        for (int i = 0; i < before.size(); i++) {
            if (!before.get(i).checkpoint().equals(after.get(i).checkpoint())
                    || !before.get(i).deleting().equals(after.get(i).deleting())) {
                return false;
            }
        }
        return true;
    }

    private static boolean hasFrom(PointInTime moment, long position) {
        ObjectNode query = Json.object();
        query.putObject("range").putObject(DocumentFields.POSITION).put("gte", position);
        return !moment.search(new PageRequest(query, List.of(DocumentFields.ID), 1, Optional.empty()))
                .documents()
                .isEmpty();
    }

    @Override
    public long position() {
        return position;
    }

    /// Read page by page, in order of the ids' bytes, which for text beyond the basic plane is not that of
    /// [ModelRow#compareTo].
    @Override
    public Iterator<ModelRow> rows() {
        return new Rows();
    }

    @Override
    public void close() {
        moment.close();
    }

    private final class Rows implements Iterator<ModelRow> {

        private final Deque<ModelRow> read = new ArrayDeque<>();
        private Optional<PageRequest> next = Optional.of(PageRequest.all(PAGE, DocumentFields.ID));

        @Override
        public boolean hasNext() {
            while (read.isEmpty() && next.isPresent()) {
                PageRequest request = next.get();
                try {
                    Page page = moment.search(request);
                    page.documents().forEach(document -> read.add(row(document)));
                    next = page.next().map(request::behind);
                } catch (AnswerTooLargeException tooLarge) {
                    next = Optional.of(request.halved().orElseThrow(() -> tooLarge));
                }
            }
            return !read.isEmpty();
        }

        @Override
        public ModelRow next() {
            if (!hasNext()) {
                throw new java.util.NoSuchElementException();
            }
            return read.removeFirst();
        }
    }

    /// Text as it is, everything else as JSON; a field that is null is as one that is not there.
    private ModelRow row(Document document) {
        Map<String, String> values = new TreeMap<>();
        for (Map.Entry<String, JsonNode> field :
                DocumentFields.remove(document.source()).properties()) {
            JsonNode value = field.getValue();
            if (!value.isNull()) {
                values.put(field.getKey(), value.isString() ? value.asString() : value.toString());
            }
        }
        return new ModelRow(projection, document.id(), values);
    }
}
