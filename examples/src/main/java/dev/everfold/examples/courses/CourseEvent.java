package dev.everfold.examples.courses;

import dev.everfold.eventsourcing.codec.EventCodec;
import dev.everfold.eventsourcing.codec.EventType;
import java.util.List;

/// What happens to courses. Each event says by its tags whom it concerns.
public sealed interface CourseEvent {

    /// A course with so many seats is offered.
    @EventType("course.offered")
    record Offered(String course, int seats) implements CourseEvent {}

    /// A course has another number of seats from now on.
    @EventType("course.resized")
    record Resized(String course, int seats) implements CourseEvent {}

    /// A student takes a seat. One event for both: neither owns it.
    @EventType("course.subscribed")
    record Subscribed(String course, String student) implements CourseEvent {}

    /// A student gives a seat back.
    @EventType("course.unsubscribed")
    record Unsubscribed(String course, String student) implements CourseEvent {}

    /// How they are stored.
    EventCodec<CourseEvent> CODEC =
            EventCodec.builder(CourseEvent.class).tags(CourseEvent::tags).build();

    /// Whom the event concerns.
    default List<String> tags() {
        return switch (this) {
            case Offered offered -> List.of("course:" + offered.course());
            case Resized resized -> List.of("course:" + resized.course());
            case Subscribed(String course, String student) -> List.of("course:" + course, "student:" + student);
            case Unsubscribed(String course, String student) -> List.of("course:" + course, "student:" + student);
        };
    }
}
