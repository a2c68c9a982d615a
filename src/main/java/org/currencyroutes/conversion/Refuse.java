package org.currencyroutes.conversion;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.currencyroutes.Meters;
import org.currencyroutes.rates.RatesUnavailable;

/**
 * Turns a request and the exception that it met into its error answer, of which nobody learns more than they should, and
 * counts it.
 */
public final class Refuse implements Processor, CamelContextAware {

    private static final String PREFIX = "Unable to convert stake. Error: ";

    private final Refusals refusals;
    private final Map<Outcome, Counter> counters = new EnumMap<>(Outcome.class);
    private CamelContext camelContext;

    /** Takes who is told of each refusal. */
    public Refuse(Refusals refusals) {
        this.refusals = refusals;
    }

    @Override
    public CamelContext getCamelContext() {
        return camelContext;
    }

    @Override
    public void setCamelContext(CamelContext camelContext) {
        this.camelContext = camelContext;
        MeterRegistry metrics = Meters.of(camelContext);
        for (Outcome outcome : Outcome.values()) {
            if (outcome != Outcome.CONVERTED) {
                counters.put(outcome, outcome.counter(Outcome.NO_CURRENCY, metrics));
            }
        }
    }

    @Override
    public void process(Exchange exchange) {
        Object body = exchange.getMessage().getBody();
        PipelineMessage message =
                body instanceof ConversionRequest request ? request.message() : (PipelineMessage) body;
        Exception failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        String why = why(failure);
        refusals.add(message, why);
        counters.get(outcome(failure)).increment();
        exchange.getMessage().setBody(answer(message, why));
    }

    private static byte[] answer(PipelineMessage message, String why) {
        String text = new String(JsonStringEncoder.getInstance().quoteAsString(PREFIX + why));
        return ("{\"type\":\"error\",\"id\":" + message.id() + ",\"message\":\"" + text + "\"}")
                .getBytes(StandardCharsets.UTF_8);
    }

    /** Only what was written for the sender's eyes; any other failure is ours to read, in the log. */
    private static String why(Exception failure) {
        return outcome(failure) == Outcome.FAILED ? "the conversion failed, this is our fault" : failure.getMessage();
    }

    private static Outcome outcome(Exception failure) {
        if (failure instanceof ConversionRefused refused) {
            return refused.outcome();
        }
        return failure instanceof RatesUnavailable ? Outcome.UNAVAILABLE : Outcome.FAILED;
    }
}
