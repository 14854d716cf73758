package dev.everfold.eventsourcing.codec;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Names a record that is one case of a sealed field, so that no class name gets into stored data.
///
/// ```java
/// sealed interface Payment {
///     @StoredName("card") record Card(String lastDigits) implements Payment {}
///     @StoredName("transfer") record Transfer(String iban) implements Payment {}
/// }
/// ```
///
/// A field of type `Payment` is stored as `{"$case":"card","lastDigits":"4242"}`.
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface StoredName {

    /// The name in stored data; distinct among the cases of one sealed type.
    String value();
}
