package org.currencyroutes.connection;

import io.vertx.core.Future;
import java.util.List;
import java.util.function.Consumer;
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
 * Sends the body as a text message on the connection of a pipeline's consumer; it never connects and never waits for a
 * connection. It fails with {@link NotConnectedException} where another try can help, with {@link ReplyExpiredException}
 * where none can.
 */
final class PipelineProducer extends DefaultAsyncProducer {

    private static final Logger LOG = LoggerFactory.getLogger(PipelineProducer.class);

    private final Pipeline pipeline;
    private final boolean replying;
    private final AsyncProducer unsent;
    // completions can only be handed over to an exchange: this one passes them on
    private final Exchange carrier;

    PipelineProducer(PipelineEndpoint endpoint) throws Exception {
        super(endpoint);
        pipeline = endpoint.pipeline();
        replying = endpoint.replying();
        carrier = endpoint.createExchange();
        unsent = endpoint.awaitWrite()
                ? null
                : CamelContextHelper.getMandatoryEndpoint(
                                endpoint.getCamelContext(), endpoint.component().unsent())
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
            write(exchange, written -> {
                if (!written) {
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
            write(exchange, written -> {
                if (written) {
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
        later.setVariable(PipelineEndpoint.READ_ON, laterOn(exchange));
        try {
            unsent.process(later, doneSync -> {});
        } catch (RuntimeException e) {
            LOG.warn("An answer was dropped: {}", e.getMessage());
            UnitOfWorkHelper.doneSynchronizations(
                    later, later.getExchangeExtension().handoverCompletions());
        }
    }

    /** By this the route that sends it later knows the pipeline. */
    private Pipeline.ReadOn laterOn(Exchange exchange) {
        Pipeline.ReadOn readOn = readOn(exchange);
        Pipeline to = to(readOn);
        return readOn != null && readOn.pipeline() == to ? readOn : new Pipeline.ReadOn(to, Pipeline.NO_CONNECTION);
    }

    private static Pipeline.ReadOn readOn(Exchange exchange) {
        return (Pipeline.ReadOn) exchange.getVariable(PipelineEndpoint.READ_ON);
    }

    private Pipeline to(Pipeline.ReadOn readOn) {
        return replying && readOn != null ? readOn.pipeline() : pipeline;
    }

    /** All that is sent to a pipeline is written here; says at the end whether the write completed. */
    private void write(Exchange exchange, Consumer<Boolean> ended) throws Exception {
        byte[] text = exchange.getMessage().getMandatoryBody(byte[].class);
        Pipeline.ReadOn readOn = readOn(exchange);
        Pipeline to = to(readOn);
        if (readOn != null && readOn.pipeline() == to && to.isOverFor(readOn)) {
            throw new ReplyExpiredException("no connection came within fx.reply.ttl");
        }
        PipelineConnection connection = to.connection();
        Future<Void> written = readOn == null ? connection.send(text) : connection.sendInTurn(text);
        written.onComplete(result -> {
            if (result.succeeded()) {
                to.monitor().writeCompleted();
            }
            ended.accept(result.succeeded());
        });
    }
}
