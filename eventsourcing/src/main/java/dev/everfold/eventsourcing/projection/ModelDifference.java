package dev.everfold.eventsourcing.projection;

import dev.everfold.eventsourcing.internal.ConsumerLoop;
import dev.everfold.eventsourcing.internal.ConsumerSource;
import dev.everfold.eventsourcing.internal.Selection;
import dev.everfold.eventsourcing.subscription.Claim;
import dev.everfold.eventsourcing.subscription.ConsumerOptions;
import dev.everfold.eventsourcing.subscription.FailurePolicy;
import dev.everfold.eventsourcing.subscription.ParkedEvent;
import dev.everfold.eventsourcing.subscription.StartAt;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What a changed projection would change in a read model, found without touching the build that serves: the changed
/// one fills a build that never serves, from the same events, and the rows of both are compared.
///
/// @param position both have all events below
/// @param same rows that are equal
/// @param added rows that would be new
/// @param removed rows that would be gone
/// @param changed rows that would differ
/// @param failing events that the changed projection cannot handle, and those that wait behind them
public record ModelDifference(
        long position, long same, long added, long removed, long changed, List<ParkedEvent> failing) {

    private static final Duration AT_ONCE = Duration.ofHours(1);

    /// Builds of this version are for comparing. Versions of projections begin with 1.
    private static final int COMPARED_VERSION = 0;

    /// Whether nothing would change and every event can be handled.
    public boolean isNone() {
        return added == 0 && removed == 0 && changed == 0 && failing.isEmpty();
    }

    /// For a program that a build runs: 0 when nothing would change, else 1.
    public int exitCode() {
        return isNone() ? 0 : 1;
    }

    /// One line.
    @Override
    public String toString() {
        return "%,d rows the same, %,d added, %,d removed, %,d changed, %,d events fail or wait; up to position %,d"
                .formatted(same, added, removed, changed, failing.size(), position);
    }

    /// Compares. An application calls [dev.everfold.eventsourcing.Everfold#difference].
    ///
    /// @param changes told each row that differs, in order
    /// @throws IllegalStateException when nothing serves, or another comparison of it is running
    public static <T> ModelDifference of(
            Projection<T> projection,
            ReadModel<T> model,
            ConsumerSource.Shared shared,
            Consumer<? super RowChange> changes)
            throws InterruptedException {
        Build serving = model.builds(projection.name()).stream()
                .filter(Build::serving)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("Nothing of projection \"" + projection.name()
                        + "\" is serving; expected a model to compare with. Start the projection first."));
        Projection<T> compared =
                projection.partitions(1).options(projection.options().onFailure(1, FailurePolicy.PARK));
        dropLeftOver(projection.name(), model);
        try (ModelSnapshot before = model.snapshot(serving)) {
            Build build = model.create(projection.name(), COMPARED_VERSION, 1, serving.number());
            try {
                List<ParkedEvent> failing = fill(build, compared, model, shared, before.position());
                try (ModelSnapshot after = model.snapshot(build)) {
                    return compare(before, after, failing, changes);
                }
            } finally {
                model.drop(build);
            }
        }
    }

    private static <T> void dropLeftOver(String projection, ReadModel<T> model) {
        for (Build build : model.builds(projection)) {
            if (build.version() == COMPARED_VERSION) {
                model.drop(build);
            }
        }
    }

    private static <T> List<ParkedEvent> fill(
            Build build, Projection<T> projection, ReadModel<T> model, ConsumerSource.Shared shared, long toPosition)
            throws InterruptedException {
        ConsumerSource source = new ConsumerSource(
                projection.name() + " compared",
                "comparison",
                Selection.of(projection.query()).and(event -> event.position() < toPosition),
                StartAt.beginning(),
                event -> ConsumerSource.keyOf(projection.key(), event));
        try (ConsumerLoop loop = ConsumerLoop.start(
                source,
                shared,
                (owner, options) -> claim(build, projection, model, owner, options),
                projection.options())) {
            while (!loop.awaitHandled(toPosition - 1, AT_ONCE)) {
                // As long as it takes; a loop that ends throws.
            }
            return loop.parked();
        }
    }

    private static <T> Optional<Claim> claim(
            Build build, Projection<T> projection, ReadModel<T> model, String owner, ConsumerOptions options) {
        Optional<ModelClaim> claim = model.claim(build, 0, projection, owner, options.lease());
        if (claim.isEmpty()
                && model.builds(projection.name()).stream().noneMatch(each -> each.number() == build.number())) {
            throw new IllegalStateException("The build that projection \"" + projection.name()
                    + "\" is compared by was deleted; expected one comparison at a time."
                    + " Compare again when the other one has ended.");
        }
        return claim.map(made -> made);
    }

    private static ModelDifference compare(
            ModelSnapshot before, ModelSnapshot after, List<ParkedEvent> failing, Consumer<? super RowChange> changes) {
        long same = 0;
        long added = 0;
        long removed = 0;
        long changed = 0;
        Iterator<ModelRow> olds = before.rows();
        Iterator<ModelRow> news = after.rows();
        ModelRow old = next(olds);
        ModelRow made = next(news);
        while (old != null || made != null) {
            int order = old == null ? 1 : made == null ? -1 : old.compareTo(made);
            if (order == 0 && old != null && old.equals(made)) {
                same++;
            } else {
                changes.accept(new RowChange(
                        order <= 0 ? Optional.ofNullable(old) : Optional.empty(),
                        order >= 0 ? Optional.ofNullable(made) : Optional.empty()));
                added += order > 0 ? 1 : 0;
                removed += order < 0 ? 1 : 0;
                changed += order == 0 ? 1 : 0;
            }
            old = order <= 0 ? next(olds) : old;
            made = order >= 0 ? next(news) : made;
        }
        return new ModelDifference(before.position(), same, added, removed, changed, failing);
    }

    private static @Nullable ModelRow next(Iterator<ModelRow> rows) {
        return rows.hasNext() ? rows.next() : null;
    }
}
