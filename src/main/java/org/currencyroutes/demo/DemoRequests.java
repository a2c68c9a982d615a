package org.currencyroutes.demo;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import org.currencyroutes.rates.EcbHistory;
import org.currencyroutes.rates.RateTable;

/**
 * Makes up requests over all currencies and days of the ECB's history, one in twenty-five of them wrong on purpose, and
 * knows by a computation of its own what each must be answered with.
 */
final class DemoRequests {

    // Bets come in on what is played at the moment: some days at a time, each of them left after a while for another.
    private static final int DAYS_AT_A_TIME = 40;
    private static final double ANOTHER_DAY = 0.1;
    private static final double WRONG = 0.04;
    private static final double NOT_QUOTED_PERHAPS = 0.03;
    private static final double ALREADY_CONVERTED = 0.03;

    private static final DateTimeFormatter MILLIS = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSXXX");
    private static final List<String> NO_CURRENCIES = List.of("XBT", "DOGE", "usd", "US Dollar", "ZZZ");
    private static final List<String> NO_DATES = List.of("2021-02-29", "18/05/2021", "yesterday", "2022-13-01");
    private static final List<String> DAYS_WITHOUT_RATES = List.of("1998-12-31", "1815-06-18", "2999-01-01");

    private final EcbHistory history;
    private final String target;
    private final int scale;
    private final RoundingMode rounding;
    private final RandomGenerator random;
    private final List<LocalDate> days = new ArrayList<>();
    private long id;

    /** Takes the history, what is converted to and how it is rounded, and where chance comes from. */
    DemoRequests(EcbHistory history, String target, int scale, RoundingMode rounding, RandomGenerator random) {
        this.history = history;
        this.target = target;
        this.scale = scale;
        this.rounding = rounding;
        this.random = random;
        for (int i = 0; i < DAYS_AT_A_TIME; i++) {
            days.add(anyDay());
        }
    }

    /** Another request. */
    DemoRequest next() {
        id++;
        LocalDate day = day();
        Bet bet = new Bet(
                id,
                stake(),
                "\"" + currency(day) + "\"",
                "\"" + date(day) + "\"",
                1_000_000L + random.nextInt(1_000_000),
                1_000L + random.nextInt(1_000_000),
                BigDecimal.valueOf(random.nextLong(101, 2_000), 2));
        if (random.nextDouble() < WRONG) {
            return wrong(bet);
        }
        return right(bet, day);
    }

    private DemoRequest right(Bet bet, LocalDate day) {
        RateTable rates = history.on(day);
        String currency = bet.currency.substring(1, bet.currency.length() - 1);
        if (currency.equals(target)) {
            BigDecimal stake = new BigDecimal(bet.stake).setScale(scale, rounding);
            return bet.answered(false, plain(stake), target, "it is in " + target + " already");
        }
        BigDecimal from = quote(rates, currency);
        if (from.signum() == 0) {
            return bet.refused(true, "the currency " + currency + " in payload.currency is not supported on " + day);
        }
        BigDecimal stake =
                new BigDecimal(bet.stake).multiply(quote(rates, target)).divide(from, scale, rounding);
        String since = rates.day().equals(day) ? "" : ", the rate of " + rates.day();
        return bet.answered(
                true, plain(stake), target, "1 " + rates.base() + " = " + from + " " + currency + " on " + day + since);
    }

    private DemoRequest wrong(Bet bet) {
        return switch (random.nextInt(6)) {
            case 0 ->
                bet.currency("\"" + oneOf(NO_CURRENCIES) + "\"").refused(true, "payload.currency is not supported on");
            case 1 -> bet.date("\"" + oneOf(NO_DATES) + "\"").refused(false, "payload.date must be a date that exists");
            // what is in the target already needs no rates, hence may be of any day
            case 2 ->
                bet.currency(target.equals("USD") ? "\"GBP\"" : "\"USD\"")
                        .date("\"" + oneOf(DAYS_WITHOUT_RATES) + "\"")
                        .refused(false, "payload.date must not be");
            case 3 -> bet.stake("\"" + bet.stake + "\"").refused(false, "payload.stake must be a number");
            case 4 -> bet.currency("978").refused(false, "payload.currency must be a currency code");
            default ->
                DemoRequest.wrong(
                        bet.id,
                        "{\"type\":\"message\",\"id\":" + bet.id + "}",
                        false,
                        "a message without payload",
                        "payload must be an object");
        };
    }

    private LocalDate day() {
        int i = random.nextInt(DAYS_AT_A_TIME);
        if (random.nextDouble() < ANOTHER_DAY) {
            days.set(i, anyDay());
        }
        return days.get(i);
    }

    private LocalDate anyDay() {
        long all = ChronoUnit.DAYS.between(history.firstDay(), history.lastDay());
        return history.firstDay().plusDays(random.nextLong(all + 1));
    }

    private String currency(LocalDate day) {
        if (random.nextDouble() < ALREADY_CONVERTED) {
            return target;
        }
        return oneOf(
                random.nextDouble() < NOT_QUOTED_PERHAPS
                        ? history.currencies()
                        : history.on(day).quotes().keySet().stream().sorted().toList());
    }

    private String date(LocalDate day) {
        return switch (random.nextInt(4)) {
            case 0 -> day.toString();
            case 1 -> MILLIS.format(instant(day).withOffsetSameInstant(ZoneOffset.ofHours(random.nextInt(-11, 13))));
            default -> MILLIS.format(instant(day));
        };
    }

    private OffsetDateTime instant(LocalDate day) {
        return day.atStartOfDay().atOffset(ZoneOffset.UTC).plus(random.nextLong(86_400_000L), ChronoUnit.MILLIS);
    }

    private String stake() {
        return switch (random.nextInt(10)) {
            case 0 -> String.valueOf(random.nextLong(1, 1_000) * 10);
            case 1 ->
                BigDecimal.valueOf(random.nextLong(1, 100_000_000_000L), 4).toPlainString();
            default -> BigDecimal.valueOf(random.nextLong(1, 100_000), 2).toPlainString();
        };
    }

    private String oneOf(List<String> values) {
        return values.get(random.nextInt(values.size()));
    }

    private static BigDecimal quote(RateTable rates, String currency) {
        return currency.equals(rates.base()) ? BigDecimal.ONE : rates.quotes().getOrDefault(currency, BigDecimal.ZERO);
    }

    private static String plain(BigDecimal stake) {
        return stake.signum() == 0 ? "0" : stake.stripTrailingZeros().toPlainString();
    }

    /** A request in the making: stake, currency and date as JSON. */
    private record Bet(
            long id, String stake, String currency, String date, long market, long selection, BigDecimal odds) {

        Bet stake(String other) {
            return new Bet(id, other, currency, date, market, selection, odds);
        }

        Bet currency(String other) {
            return new Bet(id, stake, other, date, market, selection, odds);
        }

        Bet date(String other) {
            return new Bet(id, stake, currency, other, market, selection, odds);
        }

        DemoRequest answered(boolean needsRates, String converted, String target, String why) {
            String inWords = stake + " " + bare(currency) + " → " + converted + " " + target + "  (" + why + ")";
            return DemoRequest.right(
                    id, frame(), needsRates, inWords, head(converted, '"' + target + '"') + '"', "\"}}");
        }

        DemoRequest refused(boolean needsRates, String reason) {
            return DemoRequest.wrong(
                    id, frame(), needsRates, stake + " " + bare(currency) + " on " + bare(date), reason);
        }

        private String frame() {
            return head(stake, currency) + date + "}}";
        }

        private String head(String stake, String currency) {
            return String.format(
                    Locale.ROOT,
                    "{\"type\":\"message\",\"id\":%d,\"payload\":{\"marketId\":%d,\"selectionId\":%d,\"odds\":%s,"
                            + "\"stake\":%s,\"currency\":%s,\"date\":",
                    id,
                    market,
                    selection,
                    odds,
                    stake,
                    currency);
        }

        private static String bare(String json) {
            return json.replace("\"", "");
        }
    }
}
