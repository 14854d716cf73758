package dev.everfold.eventsourcing.codec;

import dev.everfold.eventstore.RecordedEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.exc.InvalidFormatException;
import tools.jackson.databind.exc.MismatchedInputException;

/// Words of what goes wrong when a stored event is read. Its values are left out: they may be personal data.
final class Failures {

    private Failures() {}

    static MalformedEventException malformedMetadata(RecordedEvent event, Exception cause) {
        return new MalformedEventException(
                "The metadata of event \"" + event.type() + "\" at position " + event.position() + " is malformed: "
                        + cause.getMessage() + ". Keys that begin with '$' are Everfold's own; see who wrote it.",
                event.type(),
                0,
                cause);
    }

    static UnknownEventTypeException unknown(
            RecordedEvent event, int version, Class<?> events, @Nullable StoredType type) {
        TypeVersion form = new TypeVersion(event.type(), version);
        if (type != null) {
            return new UnknownEventTypeException(
                    at(event, form) + " is newer than " + type.label() + ", which is version " + type.version()
                            + ". Run the release that wrote it, or build the codec with unknown(UnknownTypes.SKIP).",
                    form.type(),
                    version);
        }
        return new UnknownEventTypeException(
                at(event, form) + " is unknown to " + events.getSimpleName() + ". Add a record with @EventType(\""
                        + form.type() + "\"), register " + form.upcaster()
                        + ", or build the codec with unknown(UnknownTypes.SKIP).",
                form.type(),
                version);
    }

    static MalformedEventException unknownContentType(
            RecordedEvent event, TypeVersion form, List<PayloadFormat> formats) {
        return new MalformedEventException(
                at(event, form) + " is \"" + event.contentType() + "\"; expected "
                        + String.join(
                                " or ",
                                formats.stream()
                                        .map(format -> "\"" + format.contentType() + "\"")
                                        .toList())
                        + ". Register its format with EventCodec.Builder.alsoReads.",
                form.type(),
                form.version(),
                null);
    }

    static MalformedEventException malformedData(
            RecordedEvent event, TypeVersion form, String expected, RuntimeException cause) {
        return malformed(
                form,
                at(event, form) + " cannot be read as " + expected + ": " + describe(cause)
                        + ". If the shape has changed, raise the version in @EventType and register " + form.upcaster()
                        + ".",
                cause);
    }

    static MalformedEventException malformedUpcast(
            RecordedEvent event, TypeVersion form, String expected, RuntimeException cause) {
        return malformed(
                form,
                "Event \"" + event.type() + "\" at position " + event.position() + ", upcast to " + form
                        + ", cannot be read as " + expected + ": " + describe(cause)
                        + ". Correct the upcasters that lead there.",
                cause);
    }

    static MalformedEventException notUpcast(RecordedEvent event, TypeVersion from, RuntimeException cause) {
        return malformed(
                from,
                "Event \"" + event.type() + "\" at position " + event.position() + " does not fit " + from.upcaster()
                        + ": " + describe(cause) + ". Correct the upcaster.",
                cause);
    }

    private static MalformedEventException malformed(TypeVersion form, String message, RuntimeException cause) {
        return new MalformedEventException(message, form.type(), form.version(), cause);
    }

    private static String at(RecordedEvent event, TypeVersion form) {
        return "Event " + form + " at position " + event.position();
    }

    /// The first sentence of Jackson's messages names the problem; what follows repeats class names.
    static String describe(Throwable problem) {
        if (!(problem instanceof JacksonException jackson)) {
            String message = problem.getMessage();
            return message == null ? problem.getClass().getSimpleName() : withoutStop(message);
        }
        StringBuilder path = new StringBuilder();
        for (JacksonException.Reference each : jackson.getPath()) {
            if (each.getPropertyName() == null) {
                path.append('[').append(each.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(each.getPropertyName());
            }
        }
        String message = message(jackson);
        return path.isEmpty() ? message : "field \"" + path + "\": " + message;
    }

    /// Jackson quotes a value that it cannot convert.
    private static String message(JacksonException problem) {
        String message =
                withoutStop(problem.getOriginalMessage().lines().findFirst().orElse(""));
        boolean quotes = problem instanceof InvalidFormatException || message.startsWith("Cannot coerce");
        if (quotes && problem instanceof MismatchedInputException mismatched && mismatched.getTargetType() != null) {
            return "not a valid " + mismatched.getTargetType().getSimpleName();
        }
        return message;
    }

    private static String withoutStop(String message) {
        return message.endsWith(".") ? message.substring(0, message.length() - 1) : message;
    }
}
