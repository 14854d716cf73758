package dev.everfold.examples.courses;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventsourcing.boundary.Outcome;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.EventStores;
import dev.everfold.testkit.DocumentedCode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The example keeps its rules, and the document about it shows its code.
final class CoursesTest {

    private final EventStore store = EventStores.open("memory:");
    private final Courses courses = new Courses(store);

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void a_course_has_no_more_students_than_seats() {
        courses.offer("algebra", 1);

        assertThat(courses.subscribe("algebra", "alice").isAccepted()).isTrue();
        assertThat(courses.subscribe("algebra", "alice")).isEqualTo(new Outcome.Nothing<CourseEvent>());
        assertThat(courses.subscribe("algebra", "bob"))
                .isEqualTo(new Outcome.Rejected<CourseEvent>("no seat is free in algebra"));

        courses.resize("algebra", 2);
        assertThat(courses.subscribe("algebra", "bob").isAccepted()).isTrue();
        courses.unsubscribe("algebra", "alice");
        assertThat(courses.freeSeats("algebra")).isEqualTo(1);
    }

    @Test
    void a_student_has_no_more_than_three_courses() {
        for (String course : List.of("algebra", "botany", "chemistry", "drawing")) {
            courses.offer(course, 10);
        }
        courses.subscribe("algebra", "alice");
        courses.subscribe("botany", "alice");
        courses.subscribe("chemistry", "alice");

        assertThat(courses.subscribe("drawing", "alice"))
                .isEqualTo(new Outcome.Rejected<CourseEvent>("alice has 3 courses already"));
    }

    @Test
    void a_course_that_is_not_there_is_neither_resized_nor_offered_twice() {
        assertThat(courses.resize("algebra", 5))
                .isEqualTo(new Outcome.Rejected<CourseEvent>("there is no course algebra"));
        assertThat(courses.offer("algebra", 5).isAccepted()).isTrue();
        assertThat(courses.offer("algebra", 5))
                .isEqualTo(new Outcome.Rejected<CourseEvent>("algebra is offered already"));
    }

    @Test
    void the_last_seats_go_to_as_many_as_there_are() throws Exception {
        courses.offer("algebra", 3);
        List<Callable<Boolean>> students = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            String student = "student" + i;
            students.add(() -> courses.subscribe("algebra", student).isAccepted());
        }

        int seated = 0;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Boolean> future : threads.invokeAll(students)) {
                seated += future.get() ? 1 : 0;
            }
        }

        assertThat(seated).isEqualTo(3);
        assertThat(courses.freeSeats("algebra")).isZero();
    }

    @Test
    void the_program_runs(@TempDir Path folder) {
        Courses.main(new String[] {"log:" + folder});

        try (EventStore log = EventStores.open("log:" + folder + "?mode=read")) {
            assertThat(log.nextPosition()).isEqualTo(2);
        }
    }

    @Test
    void the_code_of_the_document_is_that_of_the_example() {
        DocumentedCode document = DocumentedCode.of(Path.of("../docs/concepts/consistency-boundaries.md"));

        assertThat(document.lines()).hasSizeGreaterThan(20);
        document.assertThatLinesAreIn(Path.of("src/main/java/dev/everfold/examples/courses/Courses.java"));
    }
}
