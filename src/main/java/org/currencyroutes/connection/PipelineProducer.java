package org.currencyroutes.connection;

import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultAsyncProducer;

/**
 * Sends the body as a text message on the consumer's connection, or fails at once; it never connects and never waits.
 * It fails with {@link NotConnectedException} where another try can help, with {@link ReplyExpiredException} where none can.
 */
final class PipelineProducer extends DefaultAsyncProducer {

    PipelineProducer(PipelineEndpoint endpoint) {
        super(endpoint);
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        try {
            byte[] text = exchange.getMessage().getMandatoryBody(byte[].class);
            PipelineEndpoint endpoint = (PipelineEndpoint) getEndpoint();
            Integer readOn = exchange.getProperty(PipelineEndpoint.READ_ON, Integer.class);
            if (readOn != null && endpoint.replyWindow().isOverFor(readOn)) {
                throw new ReplyExpiredException("no connection came within fx.reply.ttl");
            }
            endpoint.connection().send(text).onComplete(written -> {
                if (written.succeeded()) {
                    endpoint.component().monitor().writeCompleted();
                } else {
                    exchange.setException(new NotConnectedException("the connection ended before the write completed"));
                }
                callback.done(false);
            });
            return false;
        } catch (Exception e) {
            exchange.setException(e);
            callback.done(true);
            return true;
        }
    }
}
