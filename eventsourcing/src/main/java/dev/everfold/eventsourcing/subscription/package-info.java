/// Handing events on: one loop for what is there and for what comes, from a checkpoint, at least once.
///
/// Whatever takes events in order is a *consumer* ([EventConsumer]): a subscription, a projection, a reaction.
/// Each of them has a [Claim], which is the right to run it and the place where it keeps how far it is; what a
/// consumer does with events is what its claim does with a [Step]. A [CheckpointStore] gives claims to
/// subscriptions; [TrackedCheckpoints] needs nothing but the event store.
@NullMarked
package dev.everfold.eventsourcing.subscription;

import org.jspecify.annotations.NullMarked;
