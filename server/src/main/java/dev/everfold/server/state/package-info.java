/// How an application folds the events of its streams, for those who look at them in the console.
///
/// A [Reducer] for each category, gathered in [Reducers], is given to the server when it starts. Streams of other
/// categories are merged as JSON.
@NullMarked
package dev.everfold.server.state;

import org.jspecify.annotations.NullMarked;
