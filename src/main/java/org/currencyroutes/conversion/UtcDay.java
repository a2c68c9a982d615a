package org.currencyroutes.conversion;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;

/** Reads the UTC day of an ISO-8601 date, or of a date-time with an offset: Z, +02:00 or +0200. */
final class UtcDay {

    private static final DateTimeFormatter WITH_COLON = dateTime("+HH:MM");
    private static final DateTimeFormatter WITHOUT_COLON = dateTime("+HHmm");

    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ISO_LOCAL_DATE.withResolverStyle(ResolverStyle.STRICT);

    private static final String USUAL = "dddd-dd-ddTdd:dd:dd";

    private UtcDay() {}

    /** The day; refuses a text of another form, and a date or time that does not exist. */
    static LocalDate of(String text) {
        if (text.length() == 10) {
            return LocalDate.parse(text, DATE);
        }
        // a formatter takes a fifth of a whole conversion
        return isUsual(text) ? usual(text) : any(text);
    }

    private static LocalDate any(String text) {
        int colon = text.length() - 3;
        return OffsetDateTime.parse(text, colon >= 0 && text.charAt(colon) == ':' ? WITH_COLON : WITHOUT_COLON)
                .withOffsetSameInstant(ZoneOffset.UTC)
                .toLocalDate();
    }

    /** Whether it is an instant as most write it, {@code 2021-05-18T21:32:42.324Z}, so that its day is its first part. */
    private static boolean isUsual(String text) {
        int last = text.length() - 1;
        if (last < USUAL.length() || last > USUAL.length() + 10 || text.charAt(last) != 'Z') {
            return false;
        }
        for (int i = 0; i < USUAL.length(); i++) {
            char expected = USUAL.charAt(i);
            char c = text.charAt(i);
            if (expected == 'd' ? !isDigit(c) : c != expected) {
                return false;
            }
        }
        for (int i = USUAL.length() + 1; i < last; i++) {
            if (!isDigit(text.charAt(i))) {
                return false;
            }
        }
        return last == USUAL.length() || text.charAt(USUAL.length()) == '.' && last > USUAL.length() + 1;
    }

    private static LocalDate usual(String text) {
        if (two(text, 11) > 23 || two(text, 14) > 59 || two(text, 17) > 59) {
            throw new DateTimeException("a time that does not exist");
        }
        return LocalDate.of(two(text, 0) * 100 + two(text, 2), two(text, 5), two(text, 8));
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static int two(String text, int index) {
        return (text.charAt(index) - '0') * 10 + text.charAt(index + 1) - '0';
    }

    private static DateTimeFormatter dateTime(String offset) {
        return new DateTimeFormatterBuilder()
                .parseCaseInsensitive()
                .append(DateTimeFormatter.ISO_LOCAL_DATE_TIME)
                .appendOffset(offset, "Z")
                .toFormatter()
                .withResolverStyle(ResolverStyle.STRICT);
    }
}
