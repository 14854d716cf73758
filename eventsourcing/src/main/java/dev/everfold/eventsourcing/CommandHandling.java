package dev.everfold.eventsourcing;

import dev.everfold.eventsourcing.internal.Compensations;
import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendConflictException;
import dev.everfold.eventstore.AppendConflictException.Failure;
import dev.everfold.eventstore.AppendIdReusedException;
import dev.everfold.eventstore.Appended;
import dev.everfold.eventstore.NewEvent;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// From a command to its answer: fold, decide, append, and again where others were faster. Safe for many
/// threads.
///
/// What is cached may be stale. An append says so itself, by its condition; before a command is answered
/// without an append, the stream is read on. So no answer is older than its call.
final class CommandHandling<C, S, E> {

    private final Everfold everfold;
    private final DeciderSettings<C, S, E> settings;
    private final StateLoader<S, E> loader;
    private final StateCache<S> cache;
    private final Optional<Snapshots<S>> snapshots;
    private final CommandAppends<E> appends;
    private final FirstAnswers<S, E> firstAnswers;
    private final Lanes lanes;

    CommandHandling(
            Everfold everfold,
            DeciderSettings<C, S, E> settings,
            StateLoader<S, E> loader,
            StateCache<S> cache,
            Optional<Snapshots<S>> snapshots) {
        this.everfold = everfold;
        this.settings = settings;
        this.loader = loader;
        this.cache = cache;
        this.snapshots = snapshots;
        this.appends = new CommandAppends<>(everfold.store(), settings.codec());
        this.firstAnswers = new FirstAnswers<>(everfold.store(), settings.codec(), loader);
        this.lanes = new Lanes(everfold.options().commandWaitMax());
    }

    Handled<S, E> handle(String stream, C command, CommandContext context) {
        try (Lanes.Lane _ = lanes.enter(stream)) {
            Run run = new Run(stream, command, context);
            Optional<Handled<S, E>> answer = run.tryOnce();
            while (answer.isEmpty()) {
                answer = run.tryOnce();
            }
            return answer.get();
        }
    }

    /// One command on its way; for one thread.
    private final class Run {

        private final String stream;
        private final C command;
        private final CommandContext context;
        private Folded<S> folded;

        /// Whether the stream was read during this call, so that what was decided may be answered.
        private boolean current;

        private int tries;

        Run(String stream, C command, CommandContext context) {
            this.stream = stream;
            this.command = command;
            this.context = context;
            Optional<Folded<S>> cached = cache.get(stream);
            current = cached.isEmpty();
            folded = cached.isPresent() ? cached.get() : loader.load(stream);
        }

        /// The answer; empty when the command is to be decided again.
        Optional<Handled<S, E>> tryOnce() {
            tries++;
            return switch (settings.decider().decide(command, folded.state())) {
                case Decision.Accepted<E> accepted -> append(accepted);
                case Decision.Rejected<E>(String reason) -> unlessNew(new Handled.Rejected<>(reason, folded.state()));
                case Decision.Nothing<E> _ -> unlessNew(new Handled.Nothing<>(folded.state()));
            };
        }

        private Optional<Handled<S, E>> append(Decision.Accepted<E> accepted) {
            Compensations compensations =
                    Compensations.of(everfold.store(), accepted.events(), settings.repeatedCompensation());
            Optional<String> impossible = compensations.impossible();
            if (impossible.isPresent()) {
                return unlessNew(new Handled.Rejected<>(impossible.get(), folded.state()));
            }
            // Before the append: events that cannot be folded or encoded are not stored.
            S state = evolve(accepted);
            List<NewEvent> events = appends.encode(stream, accepted, context);
            Append append = compensations.guard(appends.append(stream, folded.revision(), events, context));
            try {
                Appended appended = appends.store(append);
                return Optional.of(stored(accepted, events, appended, state));
            } catch (AppendConflictException conflict) {
                return afterConflict(conflict, compensations);
            } catch (AppendIdReusedException repeated) {
                readOn();
                return Optional.of(firstAnswer().orElseThrow(() -> repeated));
            }
        }

        private S evolve(Decision.Accepted<E> accepted) {
            S state = folded.state();
            for (Decided<E> decided : accepted.events()) {
                state = settings.decider().evolve(state, decided.event());
            }
            return state;
        }

        private Handled<S, E> stored(Decision.Accepted<E> accepted, List<NewEvent> events, Appended appended, S state) {
            folded = folded.after(state, appended.revisions().getLast(), appended.toPosition() - 1);
            if (snapshots.isPresent()) {
                folded = snapshots.get().takeIfDue(stream, folded);
            }
            cache.put(stream, folded);
            return new Handled.Accepted<>(
                    each(accepted.events(), Decided::event), each(events, NewEvent::id), appended, state);
        }

        private Optional<Handled<S, E>> afterConflict(AppendConflictException conflict, Compensations compensations) {
            boolean moved = catchUp(conflict);
            if (firstAnswers.mayExplain(conflict, context)) {
                Optional<Handled<S, E>> first = firstAnswer();
                if (first.isPresent()) {
                    return first;
                }
            }
            // What was decided on a state that is past may have nothing to do, or another reason, in that of now.
            Optional<String> impossible = compensations.explain(conflict);
            if ((moved || impossible.isEmpty())
                    && settings.retries().mayGoOn(tries, everfold.options().random())) {
                return Optional.empty();
            }
            return Optional.of(new Handled.Rejected<>(impossible.orElseThrow(() -> conflict), folded.state()));
        }

        /// A stream that ends before what was folded tells of a snapshot that is not of these events.
        ///
        /// @return whether the state is of other events now
        private boolean catchUp(AppendConflictException conflict) {
            boolean ahead = conflict.failures().stream()
                    .anyMatch(failure -> failure instanceof Failure.StreamMoved moved
                            && moved.lastRevision().orElse(Folded.NONE) < folded.revision());
            if (ahead) {
                cache.remove(stream);
                folded = loader.loadWithoutSnapshot(stream);
                current = true;
                cache.put(stream, folded);
                return true;
            }
            return readOn();
        }

        /// The answer, or the first one, where nothing was appended since the stream was read.
        ///
        /// @return empty when something was: the command is to be decided again
        private Optional<Handled<S, E>> unlessNew(Handled<S, E> answer) {
            if (!current && readOn()) {
                return Optional.empty();
            }
            cache.put(stream, folded);
            return Optional.of(firstAnswer().orElse(answer));
        }

        /// Whether there was anything new.
        private boolean readOn() {
            Folded<S> now = loader.foldOn(stream, folded);
            boolean moved = now.revision() > folded.revision();
            folded = now;
            current = true;
            cache.put(stream, folded);
            return moved;
        }

        private Optional<Handled<S, E>> firstAnswer() {
            return context.commandId().flatMap(id -> firstAnswers.find(id, stream));
        }
    }

    /// Something of each; nearly always there is one.
    private static <A, B> List<B> each(List<A> all, Function<A, B> part) {
        return all.size() == 1
                ? List.of(part.apply(all.getFirst()))
                : all.stream().map(part).toList();
    }
}
