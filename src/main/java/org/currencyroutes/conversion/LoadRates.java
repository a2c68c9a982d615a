package org.currencyroutes.conversion;

import java.util.concurrent.CompletionException;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import org.currencyroutes.rates.Rates;

/** Goes on with the variable {@code rates} when the rates for a request are there; no thread waits for them. */
public final class LoadRates extends AsyncProcessorSupport {

    private final Rates rates;

    /** Takes the rates. */
    public LoadRates(Rates rates) {
        this.rates = rates;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        ConversionRequest request = (ConversionRequest) exchange.getMessage().getBody();
        rates.load(request.day(), request.currency()).whenComplete((table, failure) -> {
            if (failure == null) {
                exchange.setVariable("rates", table);
            } else {
                exchange.setException(failure instanceof CompletionException ? failure.getCause() : failure);
            }
            callback.done(false);
        });
        return false;
    }
}
