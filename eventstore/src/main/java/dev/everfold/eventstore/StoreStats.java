package dev.everfold.eventstore;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// What a store holds, as of one position.
///
/// @param events how many events = the next position
/// @param streams how many streams have an event
/// @param types how many events there are of each type
/// @param bytes what the store takes on disk, or in memory, all files included
/// @param segments how many parts the log is kept in; 1 where an engine has no parts
public record StoreStats(long events, long streams, SortedMap<String, Long> types, long bytes, long segments) {

    /// Copies the map.
    public StoreStats {
        types = Collections.unmodifiableSortedMap(new TreeMap<>(types));
    }
}
