package dev.everfold.eventsourcing.codec;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Names the stored form of an event record, so that the record itself can be renamed and moved.
///
/// A shape that changes gets the next version and an upcaster from the one before.
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface EventType {

    /// The event's type in the store, for example `account.opened`. Never given to another event.
    String value();

    /// Version of the shape, 1 or more.
    int version() default 1;
}
