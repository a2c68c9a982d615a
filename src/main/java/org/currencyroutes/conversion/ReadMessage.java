package org.currencyroutes.conversion;

import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Turns a frame into a {@link PipelineMessage} and says in the variable {@code type} what it is. */
public final class ReadMessage implements Processor {

    @Override
    public void process(Exchange exchange) {
        PipelineMessage message = PipelineMessage.read(exchange.getMessage().getBody(byte[].class));
        exchange.getMessage().setBody(message);
        exchange.setVariable("type", message.type().word());
    }
}
