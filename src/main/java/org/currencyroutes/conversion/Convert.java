package org.currencyroutes.conversion;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.currencyroutes.Meters;

/** Turns a {@link ConversionRequest} that has its rates into its answer, and counts it. */
public final class Convert implements Processor, CamelContextAware {

    private final Converter converter;
    // no more than the rates have: a currency is counted once it was converted
    private final Map<String, Counter> converted = new ConcurrentHashMap<>();
    private CamelContext camelContext;
    private MeterRegistry metrics;

    /** Takes what does the arithmetic. */
    public Convert(Converter converter) {
        this.converter = converter;
    }

    @Override
    public CamelContext getCamelContext() {
        return camelContext;
    }

    @Override
    public void setCamelContext(CamelContext camelContext) {
        this.camelContext = camelContext;
        metrics = Meters.of(camelContext);
    }

    @Override
    public void process(Exchange exchange) throws ConversionRefused {
        ConversionRequest request = (ConversionRequest) exchange.getMessage().getBody();
        exchange.getMessage().setBody(converter.convert(request, request.rates().orElseThrow()));
        converted
                .computeIfAbsent(request.currency(), currency -> Outcome.CONVERTED.counter(currency, metrics))
                .increment();
    }
}
