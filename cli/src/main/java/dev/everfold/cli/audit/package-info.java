/// What an audit says of events: who, when, why, and what led to what.
///
/// [AuditTrail] makes an [AuditEntry] of each event and finds the events at the other ends of its links.
@NullMarked
package dev.everfold.cli.audit;

import org.jspecify.annotations.NullMarked;
