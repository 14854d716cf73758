package dev.everfold.eventsourcing.projection;

import java.util.Iterator;

/// All rows of a build as they are at one moment, whatever is changed meanwhile. For one thread; close it.
public interface ModelSnapshot extends AutoCloseable {

    /// Everything below this position is in it, and nothing else.
    long position();

    /// The rows in order of [ModelRow#compareTo]; may be asked for once.
    Iterator<ModelRow> rows();

    @Override
    void close();
}
