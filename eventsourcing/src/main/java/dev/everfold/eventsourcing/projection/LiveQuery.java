package dev.everfold.eventsourcing.projection;

import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A question that is asked again and again, and tells when its answer is another one. Safe for many threads.
final class LiveQuery<R> {

    private final Supplier<R> question;
    private final Consumer<? super R> listener;

    /// Guarded by this.
    private @Nullable R told;

    private boolean asked;

    LiveQuery(Supplier<R> question, Consumer<? super R> listener) {
        this.question = question;
        this.listener = listener;
    }

    synchronized void check() {
        R answer = question.get();
        if (!asked || !Objects.equals(answer, told)) {
            asked = true;
            told = answer;
            listener.accept(answer);
        }
    }
}
