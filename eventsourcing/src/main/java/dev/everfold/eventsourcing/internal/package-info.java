/// What deciders and boundaries share and applications do not see: [Compensations] guards that nothing is made good
/// twice, [DecidedEvents] puts what was decided into the form in which it is stored.
@NullMarked
package dev.everfold.eventsourcing.internal;

import org.jspecify.annotations.NullMarked;
