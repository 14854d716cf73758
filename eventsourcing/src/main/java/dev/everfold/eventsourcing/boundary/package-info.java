/// Dynamic consistency boundaries: decisions on whatever events they depend on, in whatever streams these are.
///
/// Begin with [DecisionModel][dev.everfold.eventsourcing.boundary.DecisionModel]: a small state, folded from
/// the events of a query. Models compose. A [Boundary][dev.everfold.eventsourcing.boundary.Boundary] reads
/// all that a model depends on at once, lets the application decide, and appends what was decided only if
/// nothing was added to it since. A stream is the special case of one model in one stream.
@NullMarked
package dev.everfold.eventsourcing.boundary;

import org.jspecify.annotations.NullMarked;
