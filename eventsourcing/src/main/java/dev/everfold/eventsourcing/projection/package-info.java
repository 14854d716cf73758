/// Read models: events folded into what is asked for, asynchronously, milliseconds behind.
///
/// A [Projection] says what an event does to a read model; a [ReadModel] keeps it, in memory, in a SQL database or in
/// a search engine, in *builds*: each [Build] is the model as one version of the projection made it from the first
/// event on. Readers see the one that is serving. Another one is built beside it and takes its place at once
/// ([RunningProjection#rebuild()]), so that nobody sees a model that is half done.
@NullMarked
package dev.everfold.eventsourcing.projection;

import org.jspecify.annotations.NullMarked;
