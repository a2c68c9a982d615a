package org.currencyroutes.conversion;

import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.currencyroutes.rates.RateTable;

/** Turns a {@link ConversionRequest} into its answer at the variable {@code rates}. */
public final class Convert implements Processor {

    private final Converter converter;

    /** Takes what does the arithmetic. */
    public Convert(Converter converter) {
        this.converter = converter;
    }

    @Override
    public void process(Exchange exchange) throws ConversionRefused {
        ConversionRequest request = (ConversionRequest) exchange.getMessage().getBody();
        exchange.getMessage().setBody(converter.convert(request, exchange.getVariable("rates", RateTable.class)));
    }
}
