package dev.everfold.eventsourcing.testing;

import java.util.List;
import java.util.stream.Stream;

/// What `List` leaves out.
final class Lists {

    private Lists() {}

    static <T> List<T> concat(List<? extends T> one, List<? extends T> other) {
        return Stream.<T>concat(one.stream(), other.stream()).toList();
    }
}
