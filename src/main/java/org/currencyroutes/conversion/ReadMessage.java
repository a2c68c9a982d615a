package org.currencyroutes.conversion;

import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Turns a frame into a {@link PipelineMessage} and says in the variable {@code type} what it is. */
public final class ReadMessage implements Processor {

    private final Optional<InHand> inHand;

    /** Leaves it to others to say what counts its messages. */
    public ReadMessage() {
        inHand = Optional.empty();
    }

    /** Takes what counts the messages that it reads, once they are taken in hand. */
    public ReadMessage(InHand inHand) {
        this.inHand = Optional.of(inHand);
    }

    @Override
    public void process(Exchange exchange) {
        PipelineMessage message = PipelineMessage.read(exchange.getMessage().getBody(byte[].class), inHand);
        exchange.getMessage().setBody(message);
        exchange.setVariable("type", message.type().word());
    }
}
