package org.currencyroutes.conversion;

import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Takes a {@link PipelineMessage} in hand and turns it into a {@link ConversionRequest}, or refuses it. */
public final class ReadRequest implements Processor {

    private final InHand inHand;

    /** Takes what counts the requests in hand whose reader has nothing of its own that does. */
    public ReadRequest(InHand inHand) {
        this.inHand = inHand;
    }

    @Override
    public void process(Exchange exchange) throws ConversionRefused {
        PipelineMessage message = (PipelineMessage) exchange.getMessage().getBody();
        message.inHand().orElse(inHand).take(message, exchange);
        exchange.getMessage().setBody(ConversionRequest.of(message));
    }
}
