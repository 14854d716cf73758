/// Courses and students: rules that span two entities, decided on a consistency boundary. Read
/// [CourseEvent][dev.everfold.examples.courses.CourseEvent], then
/// [Courses][dev.everfold.examples.courses.Courses].
@NullMarked
package dev.everfold.examples.courses;

import org.jspecify.annotations.NullMarked;
