package org.currencyroutes.conversion;

import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Turns a {@link PipelineMessage} into a {@link ConversionRequest}, or refuses it. */
public final class ReadRequest implements Processor {

    @Override
    public void process(Exchange exchange) throws ConversionRefused {
        PipelineMessage message = (PipelineMessage) exchange.getMessage().getBody();
        exchange.getMessage().setBody(ConversionRequest.of(message));
    }
}
