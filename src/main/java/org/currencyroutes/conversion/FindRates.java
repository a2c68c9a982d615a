package org.currencyroutes.conversion;

import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import org.currencyroutes.Today;
import org.currencyroutes.rates.RateTable;
import org.currencyroutes.rates.Rates;

/**
 * Gives a {@link ConversionRequest} its rates: at once if they are there, else as soon as they are loaded; no thread
 * waits for them.
 */
public final class FindRates extends AsyncProcessorSupport {

    private final Converter converter;
    private final Rates rates;
    private final Clock clock;

    /** Takes what knows which rates are needed, the rates, and the clock that tells which days can have any. */
    public FindRates(Converter converter, Rates rates, Clock clock) {
        this.converter = converter;
        this.rates = rates;
        this.clock = clock;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        ConversionRequest request = (ConversionRequest) exchange.getMessage().getBody();
        try {
            Optional<RateTable> table = find(request);
            if (table.isPresent()) {
                exchange.getMessage().setBody(request.at(table.get()));
            } else {
                load(request, exchange, callback);
                return false;
            }
        } catch (ConversionRefused | RuntimeException e) {
            exchange.setException(e);
        }
        callback.done(true);
        return true;
    }

    private Optional<RateTable> find(ConversionRequest request) throws ConversionRefused {
        if (!converter.needsRate(request)) {
            return Optional.of(converter.noRates());
        }
        // the clock is read once
        long today = Today.epochDay(clock);
        request.refuseUnlessRatesCanExist(today);
        return rates.cached(request.day(), today);
    }

    private void load(ConversionRequest request, Exchange exchange, AsyncCallback callback) {
        rates.load(request.day(), request.currency()).whenComplete((table, failure) -> {
            if (failure == null) {
                exchange.getMessage().setBody(request.at(table));
            } else {
                exchange.setException(failure instanceof CompletionException ? failure.getCause() : failure);
            }
            callback.done(false);
        });
    }
}
