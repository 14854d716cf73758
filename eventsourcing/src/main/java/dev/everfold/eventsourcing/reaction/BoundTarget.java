package dev.everfold.eventsourcing.reaction;

import dev.everfold.eventsourcing.CommandContext;
import dev.everfold.eventsourcing.snapshot.StateCodec;
import dev.everfold.eventstore.Bytes;

/// A target with what it is in this program.
///
/// @param isLimited whether its answers are waited for for a limited time ([Reaction#answerMax])
record BoundTarget<C>(CommandTarget<C> target, StateCodec<C> codec, CommandSender<C> sender, boolean isLimited) {

    static <C> BoundTarget<C> of(CommandTarget<C> target, CommandSender<C> sender, boolean isLimited) {
        return new BoundTarget<>(target, StateCodec.json(target.commands()), sender, isLimited);
    }

    /// @throws ClassCastException when the command is not one of the target's
    Bytes encode(Object command) {
        return codec.encode(target.commands().cast(command));
    }

    C decode(Bytes command) {
        return codec.decode(command);
    }

    Answer send(Outgoing outgoing, CommandContext context) {
        return sender.send(outgoing.to(), decode(outgoing.command()), context);
    }
}
