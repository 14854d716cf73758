package dev.everfold.cloudevents;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;

/// Times as text: RFC 3339, for example `2026-03-01T09:30:00Z` or `2026-03-01T10:30:00.25+01:00`.
///
/// Digits of a second beyond nine are dropped. Years that RFC 3339 does not know, which an event may
/// have, are read in the form of ISO 8601 in which they are written: `+12026-03-01T09:30:00Z`.
final class Rfc3339 {

    private static final int SECOND_END = 19;

    private Rfc3339() {}

    /// @throws DateTimeException when the text is not a time
    static Instant parse(String text) {
        if (!text.isEmpty() && (text.charAt(0) == '+' || text.charAt(0) == '-')) {
            return Instant.parse(text);
        }
        if (text.length() <= SECOND_END
                || text.charAt(4) != '-'
                || text.charAt(7) != '-'
                || (text.charAt(10) | 0x20) != 't'
                || text.charAt(13) != ':'
                || text.charAt(16) != ':') {
            throw malformed(text);
        }
        long day = LocalDate.of(number(text, 0, 4), number(text, 5, 7), number(text, 8, 10))
                .toEpochDay();
        int hour = number(text, 11, 13);
        int minute = number(text, 14, 16);
        int second = number(text, 17, SECOND_END);
        if (hour > 23 || minute > 59 || second > 59) {
            throw malformed(text);
        }
        int zoneAt = text.charAt(SECOND_END) == '.' ? fractionEnd(text) : SECOND_END;
        long seconds = day * 86_400 + hour * 3_600L + minute * 60L + second - offsetSeconds(text, zoneAt);
        return Instant.ofEpochSecond(seconds, zoneAt == SECOND_END ? 0 : nanos(text, zoneAt));
    }

    private static int fractionEnd(String text) {
        int at = SECOND_END + 1;
        while (at < text.length() && isDigit(text.charAt(at))) {
            at++;
        }
        if (at == SECOND_END + 1) {
            throw malformed(text);
        }
        return at;
    }

    private static int nanos(String text, int fractionEnd) {
        int nanos = 0;
        for (int i = 0; i < 9; i++) {
            int at = SECOND_END + 1 + i;
            nanos = nanos * 10 + (at < fractionEnd ? text.charAt(at) - '0' : 0);
        }
        return nanos;
    }

    private static int offsetSeconds(String text, int at) {
        if (at >= text.length()) {
            throw malformed(text);
        }
        char sign = text.charAt(at);
        if ((sign | 0x20) == 'z' && text.length() == at + 1) {
            return 0;
        }
        if ((sign != '+' && sign != '-') || text.length() != at + 6 || text.charAt(at + 3) != ':') {
            throw malformed(text);
        }
        int hours = number(text, at + 1, at + 3);
        int minutes = number(text, at + 4, at + 6);
        if (hours > 23 || minutes > 59) {
            throw malformed(text);
        }
        int seconds = hours * 3_600 + minutes * 60;
        return sign == '-' ? -seconds : seconds;
    }

    private static int number(String text, int from, int to) {
        int number = 0;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (!isDigit(c)) {
                throw malformed(text);
            }
            number = number * 10 + (c - '0');
        }
        return number;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static DateTimeException malformed(String text) {
        return new DateTimeException("\"" + text + "\" is not a time of RFC 3339.");
    }
}
