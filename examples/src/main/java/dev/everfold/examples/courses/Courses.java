package dev.everfold.examples.courses;

import static dev.everfold.eventsourcing.Decision.accept;
import static dev.everfold.eventsourcing.Decision.nothing;
import static dev.everfold.eventsourcing.Decision.reject;

import dev.everfold.eventsourcing.boundary.Boundary;
import dev.everfold.eventsourcing.boundary.DecisionModel;
import dev.everfold.eventsourcing.boundary.Outcome;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.examples.courses.CourseEvent.Offered;
import dev.everfold.examples.courses.CourseEvent.Resized;
import dev.everfold.examples.courses.CourseEvent.Subscribed;
import dev.everfold.examples.courses.CourseEvent.Unsubscribed;

/// Students subscribe to courses: no more than there are seats, and no more than three courses a student.
///
/// No aggregate could keep both rules: one is about a course, the other about a student.
/// `Courses STORE-URI`, for example `Courses memory:`.
public final class Courses {

    private static final int COURSES_OF_A_STUDENT_MAX = 3;

    private final Boundary<CourseEvent> boundary;

    Courses(EventStore store) {
        this.boundary = Boundary.on(store, CourseEvent.CODEC).into("courses");
    }

    /// Offers a course with one seat and has two students ask for it.
    ///
    /// @param arguments a store URI
    public static void main(String[] arguments) {
        try (EventStore store = EventStores.open(arguments[0])) {
            Courses courses = new Courses(store);
            System.out.println(courses.offer("algebra", 1));
            System.out.println(courses.subscribe("algebra", "alice"));
            System.out.println(courses.subscribe("algebra", "bob"));
        }
    }

    // Small models: what some events say about one thing.

    static DecisionModel<Integer> seats(String course) {
        return DecisionModel.of("seats of course " + course, 0)
                .tagged("course:" + course)
                .on(Offered.class, (_, offered) -> offered.seats())
                .on(Resized.class, (_, resized) -> resized.seats());
    }

    static DecisionModel<Integer> taken(String course) {
        return subscriptions("seats taken in course " + course, "course:" + course);
    }

    static DecisionModel<Integer> coursesOf(String student) {
        return subscriptions("courses of student " + student, "student:" + student);
    }

    static DecisionModel<Integer> subscriptions(String name, String... tags) {
        return DecisionModel.of(name, 0)
                .tagged(tags)
                .on(Subscribed.class, (count, _) -> count + 1)
                .on(Unsubscribed.class, (count, _) -> count - 1);
    }

    // What one decision depends on, put together.

    record Subscription(int seats, int taken, int coursesOfStudent, int already) {}

    static DecisionModel<Subscription> subscription(String course, String student) {
        return DecisionModel.compose(
                seats(course),
                taken(course),
                coursesOf(student),
                subscriptions(student + " in course " + course, "course:" + course, "student:" + student),
                Subscription::new);
    }

    // Decisions.

    Outcome<CourseEvent> offer(String course, int seats) {
        return boundary.decide(
                seats(course),
                offered -> offered > 0 ? reject(course + " is offered already") : accept(new Offered(course, seats)));
    }

    Outcome<CourseEvent> resize(String course, int seats) {
        return boundary.decide(seats(course), offered -> {
            if (offered == 0) {
                return reject("there is no course " + course);
            }
            return offered == seats ? nothing() : accept(new Resized(course, seats));
        });
    }

    Outcome<CourseEvent> subscribe(String course, String student) {
        return boundary.decide(subscription(course, student), known -> {
            if (known.already() > 0) {
                return nothing();
            }
            if (known.taken() >= known.seats()) {
                return reject("no seat is free in " + course);
            }
            if (known.coursesOfStudent() >= COURSES_OF_A_STUDENT_MAX) {
                return reject(student + " has " + COURSES_OF_A_STUDENT_MAX + " courses already");
            }
            return accept(new Subscribed(course, student));
        });
    }

    Outcome<CourseEvent> unsubscribe(String course, String student) {
        return boundary.decide(
                subscription(course, student),
                known -> known.already() == 0 ? nothing() : accept(new Unsubscribed(course, student)));
    }

    int freeSeats(String course) {
        return boundary.state(DecisionModel.compose(seats(course), taken(course), (seats, taken) -> seats - taken));
    }
}
