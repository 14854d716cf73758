/// Persistent subscriptions: groups of clients that share the events of a stream or of the log, each event until one of
/// them has acknowledged it.
///
/// Everything that must survive is an event: what groups there are ([GroupCatalog]), how far each
/// is ([Checkpoints]) and what was set aside ([ParkedMessages]). A group that has clients is
/// served by one thread ([GroupSession]), which owns the [Dispatcher]: the plain object that
/// knows which message is waiting, in flight or to be parked. Of several servers on one store the
/// one that appended last to a group's checkpoints serves it.
@NullMarked
package dev.everfold.kurrent.group;

import org.jspecify.annotations.NullMarked;
