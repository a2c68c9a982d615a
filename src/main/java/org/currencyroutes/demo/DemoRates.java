package org.currencyroutes.demo;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.currencyroutes.rates.EcbHistory;
import org.currencyroutes.rates.RateTable;

/** Answers for a day in the form of <a href="https://frankfurter.dev">Frankfurter</a>, from the ECB's history. */
public final class DemoRates implements Processor {

    private final EcbHistory history;
    private final AtomicLong calls = new AtomicLong();

    /** Takes the history. */
    public DemoRates(EcbHistory history) {
        this.history = history;
    }

    /** How many times rates were asked for. */
    public long calls() {
        return calls.get();
    }

    @Override
    public void process(Exchange exchange) {
        calls.incrementAndGet();
        Message message = exchange.getMessage();
        String day = message.getHeader("day", "", String.class);
        message.removeHeaders("*");
        message.setHeader(Exchange.CONTENT_TYPE, "application/json; charset=utf-8");
        try {
            message.setBody(inFrankfurtersForm(history.on(LocalDate.parse(day))));
        } catch (DateTimeException e) {
            message.setHeader(Exchange.HTTP_RESPONSE_CODE, 422);
            message.setBody("{\"message\":\"invalid date\"}");
        } catch (IllegalArgumentException e) {
            // a day that the history cannot know
            message.setHeader(Exchange.HTTP_RESPONSE_CODE, 404);
            message.setBody("{\"message\":\"not found\"}");
        }
    }

    private static String inFrankfurtersForm(RateTable table) {
        String rates = new TreeMap<>(table.quotes())
                .entrySet().stream()
                        .map(quote ->
                                "\"" + quote.getKey() + "\":" + quote.getValue().toPlainString())
                        .collect(Collectors.joining(","));
        return "{\"amount\":1.0,\"base\":\"" + table.base() + "\",\"date\":\"" + table.day() + "\",\"rates\":{" + rates
                + "}}";
    }
}
