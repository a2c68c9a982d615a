package org.currencyroutes.conversion;

import java.time.Clock;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.currencyroutes.rates.Rates;

/** Puts the rates for a request into the variable {@code rates} if they are there; asks no provider. */
public final class FindRates implements Processor {

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
    public void process(Exchange exchange) throws ConversionRefused {
        ConversionRequest request = (ConversionRequest) exchange.getMessage().getBody();
        if (!converter.needsRate(request)) {
            exchange.setVariable("rates", converter.noRates());
        } else {
            request.refuseUnlessRatesCanExist(clock);
            rates.cached(request.day()).ifPresent(table -> exchange.setVariable("rates", table));
        }
    }
}
