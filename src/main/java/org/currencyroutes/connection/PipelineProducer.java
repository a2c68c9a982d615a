package org.currencyroutes.connection;

import io.vertx.core.Future;
import java.util.List;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProducer;
import org.apache.camel.Exchange;
import org.apache.camel.spi.Synchronization;
import org.apache.camel.support.CamelContextHelper;
import org.apache.camel.support.DefaultAsyncProducer;
import org.apache.camel.support.UnitOfWorkHelper;
import org.apache.camel.support.service.ServiceHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the body as a text message on the consumer's connection; it never connects and never waits for a connection. It
 * fails with {@link NotConnectedException} where another try can help, with {@link ReplyExpiredException} where none can.
 */
final class PipelineProducer extends DefaultAsyncProducer {

    private static final Logger LOG = LoggerFactory.getLogger(PipelineProducer.class);

    private final PipelineComponent component;
    private final AsyncProducer unsent;
    // completions can only be handed over to an exchange: this one passes them on
    private final Exchange carrier;

    PipelineProducer(PipelineEndpoint endpoint) throws Exception {
        super(endpoint);
        component = endpoint.component();
        carrier = endpoint.createExchange();
        unsent = endpoint.awaitWrite()
                ? null
                : CamelContextHelper.getMandatoryEndpoint(endpoint.getCamelContext(), component.unsent())
                        .createAsyncProducer();
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        ServiceHelper.startService(unsent);
    }

    @Override
    protected void doStop() throws Exception {
        ServiceHelper.stopService(unsent);
        super.doStop();
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        if (unsent == null) {
            return await(exchange, callback);
        }
        handOver(exchange);
        callback.done(true);
        return true;
    }

    /** The exchange goes on, or fails, when the write has ended. */
    private boolean await(Exchange exchange, AsyncCallback callback) {
        try {
            write(exchange).onComplete(written -> {
                if (written.failed()) {
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

    /** The exchange goes on at once; what it has to complete is completed by the write, or goes where unsent messages go. */
    private void handOver(Exchange exchange) {
        List<Synchronization> completions = take(exchange);
        try {
            write(exchange).onComplete(written -> {
                if (written.succeeded()) {
                    UnitOfWorkHelper.doneSynchronizations(exchange, completions);
                } else {
                    sendLater(exchange, completions);
                }
            });
        } catch (Exception e) {
            sendLater(exchange, completions);
        }
    }

    private List<Synchronization> take(Exchange exchange) {
        synchronized (carrier) {
            exchange.getExchangeExtension().handoverCompletions(carrier);
            List<Synchronization> taken = carrier.getExchangeExtension().handoverCompletions();
            return taken == null ? List.of() : taken;
        }
    }

    private void sendLater(Exchange exchange, List<Synchronization> completions) {
        Exchange later = getEndpoint().createExchange();
        completions.forEach(later.getExchangeExtension()::addOnCompletion);
        later.getMessage().setBody(exchange.getMessage().getBody());
        later.setProperty(PipelineEndpoint.READ_ON, exchange.getProperty(PipelineEndpoint.READ_ON));
        try {
            unsent.process(later, doneSync -> {});
        } catch (RuntimeException e) {
            LOG.warn("An answer was dropped: {}", e.getMessage());
            UnitOfWorkHelper.doneSynchronizations(
                    later, later.getExchangeExtension().handoverCompletions());
        }
    }

    private Future<Void> write(Exchange exchange) throws Exception {
        byte[] text = exchange.getMessage().getMandatoryBody(byte[].class);
        Integer readOn = exchange.getProperty(PipelineEndpoint.READ_ON, Integer.class);
        if (readOn != null && component.replyWindow().isOverFor(readOn)) {
            throw new ReplyExpiredException("no connection came within fx.reply.ttl");
        }
        PipelineConnection connection = component.connection();
        Future<Void> written = readOn == null ? connection.send(text) : connection.sendInTurn(text);
        return written.onSuccess(v -> component.monitor().writeCompleted());
    }
}
