/// Events as people look at them, over HTTP and in the console.
///
/// [PlainEvent] is one event with all that the store knows of it, readable whatever it holds.
/// [EventLinks] is what an event says of others, and [Relations] finds those others. [StateAt] is
/// what the events of a stream add up to, merged ([MergePatch]) unless an application says how to
/// fold them, and what the last one changed ([Differences]). [Categories] counts streams, and
/// [ConsumerReports] keeps what applications say of their consumers.
@NullMarked
package dev.everfold.server.view;

import org.jspecify.annotations.NullMarked;
