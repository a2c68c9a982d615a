package org.currencyroutes.rates;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;

/**
 * Bounds a call to a provider as a whole, in time from the first byte of the request to the last of the answer, and in
 * the answer's size. The client's own time-outs begin anew with each byte, so that a slow drip would never end.
 */
public final class CallLimits implements HttpClientConfigurer, CamelContextAware {

    private static final int MAX_ANSWER = 1 << 20;

    private final Duration timeout;
    private CamelContext camelContext;
    private ScheduledExecutorService timer;

    /** Takes how long a call may take. */
    public CallLimits(Duration timeout) {
        this.timeout = timeout;
    }

    @Override
    public CamelContext getCamelContext() {
        return camelContext;
    }

    @Override
    public void setCamelContext(CamelContext camelContext) {
        this.camelContext = camelContext;
    }

    /** Also leaves redelivery to the routes: the client would repeat a call on 429 and 503 by itself. */
    @Override
    public synchronized void configureHttpClient(HttpClientBuilder client) {
        if (timer == null) {
            timer = camelContext.getExecutorServiceManager().newSingleThreadScheduledExecutor(this, "fx-rates-timeout");
        }
        client.disableAutomaticRetries()
                .disableRedirectHandling()
                .disableCookieManagement()
                .addExecInterceptorFirst("fx-call-limits", this::call);
    }

    private ClassicHttpResponse call(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        Deadline deadline = new Deadline((Cancellable) scope.originalRequest);
        try {
            ClassicHttpResponse response = chain.proceed(request, scope);
            if (response.getEntity() != null) {
                response.setEntity(new LimitedEntity(response.getEntity(), deadline));
            } else {
                deadline.callEnded();
            }
            return response;
        } catch (IOException e) {
            deadline.callEnded();
            throw deadline.inWords(e);
        }
    }

    private final class Deadline implements Runnable {

        private final Cancellable call;
        private final Future<?> due;
        private volatile boolean over;

        private Deadline(Cancellable call) {
            this.call = call;
            due = timer.schedule(this, timeout.toMillis(), TimeUnit.MILLISECONDS);
        }

        @Override
        public void run() {
            over = true;
            // a call that has ended has nothing left to cancel
            call.cancel();
        }

        /** One that is left in the queue would hold up the end of the application until it is due. */
        private void callEnded() {
            due.cancel(false);
        }

        private IOException inWords(IOException failure) {
            return over ? new SocketTimeoutException("no answer within " + timeout.toMillis() + " ms") : failure;
        }
    }

    private static final class LimitedEntity extends HttpEntityWrapper {

        private final Deadline deadline;

        private LimitedEntity(HttpEntity entity, Deadline deadline) {
            super(entity);
            this.deadline = deadline;
        }

        @Override
        public InputStream getContent() throws IOException {
            return new LimitedStream(super.getContent(), deadline);
        }
    }

    private static final class LimitedStream extends FilterInputStream {

        private final Deadline deadline;
        private int left = MAX_ANSWER;

        private LimitedStream(InputStream stream, Deadline deadline) {
            super(stream);
            this.deadline = deadline;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            try {
                int count = super.read(bytes, offset, length);
                left -= Math.max(0, count);
                if (left < 0) {
                    throw new IOException("the answer is larger than 1 MiB");
                }
                return count;
            } catch (IOException e) {
                throw deadline.inWords(e);
            }
        }

        @Override
        public void close() throws IOException {
            deadline.callEnded();
            super.close();
        }
    }
}
