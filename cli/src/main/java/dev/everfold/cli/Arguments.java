package dev.everfold.cli;

import dev.everfold.eventstore.Expected;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Locale;
import java.util.UUID;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// How the texts of arguments become values; what is not one is refused in our words.
final class Arguments {

    private Arguments() {}

    /// Has every command say in our words what is no number, neither true nor false, or no URL.
    static void register(CommandLine commandLine) {
        commandLine
                .registerConverter(int.class, new WholeNumber())
                .registerConverter(Integer.class, new WholeNumber())
                .registerConverter(boolean.class, new Truth())
                .registerConverter(URI.class, new Url());
    }

    /// A place in the log or a stream.
    static final class Position implements ITypeConverter<Long> {
        @Override
        public Long convert(String text) {
            return number(text, 0);
        }
    }

    /// A whole number, in the range of the option that has it.
    static final class WholeNumber implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            try {
                return Integer.valueOf(text);
            } catch (NumberFormatException malformed) {
                throw new TypeConversionException("\"" + text + "\" is not a whole number; expected one such as 5");
            }
        }
    }

    /// Yes or no.
    static final class Truth implements ITypeConverter<Boolean> {
        @Override
        public Boolean convert(String text) {
            return switch (text.toLowerCase(Locale.ROOT)) {
                case "true" -> true;
                case "false" -> false;
                default -> throw new TypeConversionException("\"" + text + "\" is neither; expected true or false");
            };
        }
    }

    /// A URL.
    static final class Url implements ITypeConverter<URI> {
        @Override
        public URI convert(String text) {
            try {
                return new URI(text);
            } catch (URISyntaxException malformed) {
                throw new TypeConversionException(
                        "\"" + text + "\" is not a URL; expected one such as https://login.example");
            }
        }
    }

    /// How many.
    static final class Count implements ITypeConverter<Long> {
        @Override
        public Long convert(String text) {
            return number(text, 1);
        }
    }

    /// A point in time, with its offset from UTC.
    static final class Time implements ITypeConverter<Instant> {
        @Override
        public Instant convert(String text) {
            try {
                return OffsetDateTime.parse(text).toInstant();
            } catch (DateTimeException malformed) {
                throw new TypeConversionException(
                        "\"" + text + "\" is not a time; expected one with its offset, such as 2026-03-01T09:30:00Z");
            }
        }
    }

    /// What is expected of a stream.
    static final class Expectation implements ITypeConverter<Expected> {
        @Override
        public Expected convert(String text) {
            return switch (text) {
                case "none" -> Expected.noStream();
                case "any" -> Expected.any();
                case "exists" -> Expected.exists();
                default -> {
                    if (!text.matches("[0-9]{1,18}")) {
                        throw new TypeConversionException(
                                "\"" + text + "\" is not an expectation; expected none, any, exists or a revision");
                    }
                    yield Expected.revision(Long.parseLong(text));
                }
            };
        }
    }

    /// An id.
    static final class Id implements ITypeConverter<UUID> {
        @Override
        public UUID convert(String text) {
            if (!text.matches("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")) {
                throw new TypeConversionException(
                        "\"" + text + "\" is not a UUID; expected one such as 0199b1f6-e9cf-7eeb-aa49-ef0cfa75a30d");
            }
            return UUID.fromString(text);
        }
    }

    /// A form of output.
    static final class Format implements ITypeConverter<EventPrinter.Format> {
        @Override
        public EventPrinter.Format convert(String text) {
            return switch (text) {
                case "table" -> EventPrinter.Format.TABLE;
                case "ndjson" -> EventPrinter.Format.NDJSON;
                default ->
                    throw new TypeConversionException("\"" + text + "\" is not a format; expected table or ndjson");
            };
        }
    }

    /// A form of output of an audit.
    static final class AuditFormat implements ITypeConverter<AuditPrinter.Format> {
        @Override
        public AuditPrinter.Format convert(String text) {
            return switch (text) {
                case "table" -> AuditPrinter.Format.TABLE;
                case "csv" -> AuditPrinter.Format.CSV;
                case "ndjson" -> AuditPrinter.Format.NDJSON;
                default ->
                    throw new TypeConversionException(
                            "\"" + text + "\" is not a format; expected table, csv or ndjson");
            };
        }
    }

    private static long number(String text, long min) {
        if (!text.matches("[0-9]{1,18}") || Long.parseLong(text) < min) {
            throw new TypeConversionException(
                    "\"" + text + "\" is not a number of this kind; expected a whole number, " + min + " or more");
        }
        return Long.parseLong(text);
    }
}
