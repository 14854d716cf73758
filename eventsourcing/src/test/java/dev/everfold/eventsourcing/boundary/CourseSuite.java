package dev.everfold.eventsourcing.boundary;

import static dev.everfold.eventsourcing.Decision.accept;
import static dev.everfold.eventsourcing.Decision.nothing;
import static dev.everfold.eventsourcing.Decision.reject;
import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventsourcing.boundary.CourseSuite.CourseEvent;
import dev.everfold.eventsourcing.codec.EventCodec;
import dev.everfold.eventsourcing.codec.EventType;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Courses with so many seats, students with so many courses: rules that span two entities.
abstract class CourseSuite extends BoundarySuite<CourseEvent> {

    private static final int COURSES_OF_A_STUDENT_MAX = 5;

    sealed interface CourseEvent {
        String course();

        @EventType("course.defined")
        record Defined(String course, int capacity) implements CourseEvent {}

        @EventType("course.capacity-changed")
        record CapacityChanged(String course, int capacity) implements CourseEvent {}

        @EventType("course.subscribed")
        record Subscribed(String course, String student) implements CourseEvent {}

        @EventType("course.unsubscribed")
        record Unsubscribed(String course, String student) implements CourseEvent {}
    }

    /// The state of a subscription: of the course, of the student, and of both together.
    record Subscription(int capacity, int seatsTaken, int coursesOfStudent, boolean subscribed) {}

    private static final int NOT_DEFINED = -1;

    CourseSuite() {
        super(
                EventCodec.builder(CourseEvent.class)
                        .tags(event -> switch (event) {
                            case CourseEvent.Subscribed(var course, var student) ->
                                List.of("course:" + course, "student:" + student);
                            case CourseEvent.Unsubscribed(var course, var student) ->
                                List.of("course:" + course, "student:" + student);
                            default -> List.of("course:" + event.course());
                        })
                        .build(),
                event -> "course-" + event.course());
    }

    private static DecisionModel<Integer> capacity(String course) {
        return DecisionModel.of("capacity of course " + course, NOT_DEFINED)
                .tagged("course:" + course)
                .on(CourseEvent.Defined.class, (_, defined) -> defined.capacity())
                .on(CourseEvent.CapacityChanged.class, (_, changed) -> changed.capacity());
    }

    private static DecisionModel<Integer> seatsTaken(String course) {
        return subscriptions("seats taken in course " + course, "course:" + course);
    }

    private static DecisionModel<Integer> coursesOf(String student) {
        return subscriptions("courses of student " + student, "student:" + student);
    }

    private static DecisionModel<Boolean> subscribed(String course, String student) {
        return subscriptions(student + " in course " + course, "course:" + course, "student:" + student)
                .map(count -> count > 0);
    }

    private static DecisionModel<Integer> subscriptions(String name, String... tags) {
        return DecisionModel.of(name, 0)
                .tagged(tags)
                .on(CourseEvent.Subscribed.class, (count, _) -> count + 1)
                .on(CourseEvent.Unsubscribed.class, (count, _) -> count - 1);
    }

    private Outcome<CourseEvent> define(String course, int seats) {
        return boundary.decide(
                capacity(course),
                known -> known == NOT_DEFINED
                        ? accept(new CourseEvent.Defined(course, seats))
                        : reject("course " + course + " is defined already"));
    }

    private Outcome<CourseEvent> changeCapacity(String course, int seats) {
        return boundary.decide(capacity(course), known -> {
            if (known == NOT_DEFINED) {
                return reject("there is no course " + course);
            }
            return known == seats ? nothing() : accept(new CourseEvent.CapacityChanged(course, seats));
        });
    }

    private Outcome<CourseEvent> subscribe(String course, String student) {
        DecisionModel<Subscription> model = DecisionModel.compose(
                capacity(course),
                seatsTaken(course),
                coursesOf(student),
                subscribed(course, student),
                Subscription::new);
        return boundary.decide(model, known -> {
            if (known.capacity() == NOT_DEFINED) {
                return reject("there is no course " + course);
            }
            if (known.subscribed()) {
                return reject(student + " is in course " + course + " already");
            }
            if (known.seatsTaken() >= known.capacity()) {
                return reject("course " + course + " is full");
            }
            if (known.coursesOfStudent() >= COURSES_OF_A_STUDENT_MAX) {
                return reject(student + " has " + COURSES_OF_A_STUDENT_MAX + " courses already");
            }
            return accept(new CourseEvent.Subscribed(course, student));
        });
    }

    @Test
    void a_new_course_is_defined() {
        assertAccepted(define("algebra", 10), new CourseEvent.Defined("algebra", 10));
    }

    @Test
    void a_course_is_not_defined_twice() {
        given(new CourseEvent.Defined("algebra", 10));

        assertRejected(define("algebra", 12), "course algebra is defined already");
    }

    @Test
    void a_course_that_does_not_exist_keeps_no_capacity() {
        assertRejected(changeCapacity("algebra", 12), "there is no course algebra");
    }

    @Test
    void the_capacity_of_a_course_is_changed() {
        given(new CourseEvent.Defined("algebra", 10));

        assertAccepted(changeCapacity("algebra", 12), new CourseEvent.CapacityChanged("algebra", 12));
    }

    @Test
    void a_capacity_that_is_so_already_needs_no_event() {
        given(new CourseEvent.Defined("algebra", 10), new CourseEvent.CapacityChanged("algebra", 12));

        assertThat(changeCapacity("algebra", 12)).isEqualTo(new Outcome.Nothing<CourseEvent>());
    }

    @Test
    void nobody_subscribes_to_a_course_that_does_not_exist() {
        given(new CourseEvent.Defined("botany", 10));

        assertRejected(subscribe("algebra", "alice"), "there is no course algebra");
    }

    @Test
    void nobody_subscribes_to_a_full_course() {
        given(
                new CourseEvent.Defined("algebra", 3),
                new CourseEvent.Subscribed("algebra", "bob"),
                new CourseEvent.Subscribed("algebra", "carol"),
                new CourseEvent.Subscribed("algebra", "dave"));

        assertRejected(subscribe("algebra", "alice"), "course algebra is full");
    }

    @Test
    void nobody_subscribes_to_a_course_twice() {
        given(new CourseEvent.Defined("algebra", 10), new CourseEvent.Subscribed("algebra", "alice"));

        assertRejected(subscribe("algebra", "alice"), "alice is in course algebra already");
    }

    @Test
    void nobody_has_more_courses_than_allowed() {
        given(new CourseEvent.Defined("algebra", 10));
        IntStream.range(0, COURSES_OF_A_STUDENT_MAX)
                .forEach(i -> given(new CourseEvent.Subscribed("course" + i, "alice")));

        assertRejected(subscribe("algebra", "alice"), "alice has 5 courses already");
    }

    @Test
    void a_student_subscribes_to_a_course_with_a_free_seat() {
        given(
                new CourseEvent.Defined("algebra", 1),
                new CourseEvent.Subscribed("algebra", "bob"),
                new CourseEvent.CapacityChanged("algebra", 2));

        assertAccepted(subscribe("algebra", "alice"), new CourseEvent.Subscribed("algebra", "alice"));
    }

    @Test
    void a_seat_that_was_given_back_is_free_and_a_student_may_come_back() {
        given(
                new CourseEvent.Defined("algebra", 1),
                new CourseEvent.Subscribed("algebra", "alice"),
                new CourseEvent.Unsubscribed("algebra", "alice"));

        assertAccepted(subscribe("algebra", "alice"), new CourseEvent.Subscribed("algebra", "alice"));
    }

    @Test
    void one_event_concerns_course_and_student_and_each_is_one_indexed_read() {
        define("algebra", 10);
        subscribe("algebra", "alice");

        assertThat(boundary.state(seatsTaken("algebra"))).isEqualTo(1);
        assertThat(boundary.state(coursesOf("alice"))).isEqualTo(1);
        assertThat(boundary.state(coursesOf("bob"))).isZero();
    }

    @Test
    void many_students_at_once_fill_a_course_and_no_more() throws Exception {
        for (long seed = 1; seed <= 3; seed++) {
            String course = "course" + seed;
            define(course, 7);

            List<Boolean> seated = StaggeredRacers.race(
                    seed, 24, racer -> subscribe(course, "student" + racer).isAccepted());

            assertThat(seated).as("seed %s", seed).filteredOn(won -> won).hasSize(7);
            assertThat(boundary.state(seatsTaken(course))).as("seed %s", seed).isEqualTo(7);
        }
    }

    @Test
    void one_student_at_many_courses_at_once_gets_as_many_as_allowed() throws Exception {
        for (long seed = 1; seed <= 3; seed++) {
            String student = "student" + seed;
            for (int i = 0; i < 12; i++) {
                define("course-" + student + i, 10);
            }

            List<Boolean> seated = StaggeredRacers.race(
                    seed,
                    12,
                    racer -> subscribe("course-" + student + racer, student).isAccepted());

            assertThat(seated).as("seed %s", seed).filteredOn(won -> won).hasSize(COURSES_OF_A_STUDENT_MAX);
        }
    }
}
