package dev.everfold.testkit.history;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// What concurrent clients asked of one store and what they were told.
///
/// @param calls in any order
public record History(List<ClientCall> calls) {

    /// A history without calls.
    public static final History EMPTY = new History(List.of());

    /// Copies the list.
    public History {
        calls = List.copyOf(calls);
    }

    /// This history and a later one of the same store, whose clock may be another.
    ///
    /// The process that made this one's calls had ended before the first call of the later one was made:
    /// what was unanswered then is over, and the later times are moved behind the earlier ones.
    public History followedBy(History later) {
        if (calls.isEmpty()) {
            return later;
        }
        long end = calls.stream()
                .mapToLong(call -> call.isOver() ? call.overNanos() : call.invokedNanos())
                .max()
                .orElse(0);
        long begin =
                later.calls.stream().mapToLong(ClientCall::invokedNanos).min().orElse(0);
        long shift = end + 2 - begin;
        Stream<ClientCall> earlier =
                calls.stream().map(call -> call.isOver() ? call : call.at(call.invokedNanos(), end + 1));
        Stream<ClientCall> shifted = later.calls.stream()
                .map(call -> call.at(
                        call.invokedNanos() + shift, call.isOver() ? call.overNanos() + shift : ClientCall.NEVER));
        return new History(Stream.concat(earlier, shifted).toList());
    }

    /// This history and what other clients did meanwhile, on the same clock.
    public History besides(History other) {
        List<ClientCall> all = new ArrayList<>(calls);
        all.addAll(other.calls);
        return new History(all);
    }

    /// How many calls have an answer of this kind.
    public long count(Class<? extends Answer> kind) {
        return calls.stream().filter(call -> kind.isInstance(call.answer())).count();
    }
}
