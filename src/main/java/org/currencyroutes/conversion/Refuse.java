package org.currencyroutes.conversion;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.nio.charset.StandardCharsets;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.currencyroutes.rates.RatesUnavailable;

/** Turns a request and the exception that it met into its error answer, of which nobody learns more than they should. */
public final class Refuse implements Processor {

    private static final String PREFIX = "Unable to convert stake. Error: ";

    private final Refusals refusals;

    /** Takes who is told of each refusal. */
    public Refuse(Refusals refusals) {
        this.refusals = refusals;
    }

    @Override
    public void process(Exchange exchange) {
        Object body = exchange.getMessage().getBody();
        PipelineMessage message =
                body instanceof ConversionRequest request ? request.message() : (PipelineMessage) body;
        String why = why(exchange);
        refusals.add(message, why);
        exchange.getMessage().setBody(answer(message, why));
    }

    private static byte[] answer(PipelineMessage message, String why) {
        String text = new String(JsonStringEncoder.getInstance().quoteAsString(PREFIX + why));
        return ("{\"type\":\"error\",\"id\":" + message.id() + ",\"message\":\"" + text + "\"}")
                .getBytes(StandardCharsets.UTF_8);
    }

    /** Only what was written for the sender's eyes; any other failure is ours to read, in the log. */
    private static String why(Exchange exchange) {
        Exception failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        return failure instanceof ConversionRefused || failure instanceof RatesUnavailable
                ? failure.getMessage()
                : "the conversion failed, this is our fault";
    }
}
