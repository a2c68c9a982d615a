package org.currencyroutes.rates;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.MalformedChunkCodingException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;

/**
 * Bounds a call to a provider as a whole, in time from the first byte of the request to the last of the answer, and in
 * the answer's size, and says what went wrong. The client's own time-outs begin anew with each byte, so that a slow drip
 * would never end, and its exceptions name URLs.
 */
final class CallLimits implements ExecChainHandler {

    private static final int MAX_ANSWER = 1 << 20;

    private final Duration timeout;
    private final ScheduledExecutorService timer;

    CallLimits(Duration timeout, ScheduledExecutorService timer) {
        this.timeout = timeout;
        this.timer = timer;
    }

    @Override
    public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        Deadline deadline = new Deadline((Cancellable) scope.originalRequest);
        try {
            ClassicHttpResponse response = chain.proceed(request, scope);
            if (response.getEntity() == null) {
                deadline.callOff();
            } else {
                response.setEntity(new LimitedEntity(response.getEntity(), deadline));
            }
            return response;
        } catch (IOException e) {
            deadline.callOff();
            throw deadline.inWords(e);
        }
    }

    private final class Deadline implements Runnable {

        private final Cancellable call;
        private final Future<?> alarm;
        private volatile boolean over;

        private Deadline(Cancellable call) {
            this.call = call;
            this.alarm = timer.schedule(this, timeout.toMillis(), TimeUnit.MILLISECONDS);
        }

        /** One that is left in the queue would hold up the end of the application until it is due. */
        private void callOff() {
            alarm.cancel(false);
        }

        @Override
        public void run() {
            over = true;
            call.cancel();
        }

        private ProviderFailed inWords(IOException failure) {
            if (over || failure instanceof InterruptedIOException) {
                return new ProviderSlow("no answer within " + timeout.toMillis() + " ms");
            }
            if (failure instanceof ConnectException) {
                return new ProviderUnwell("connection refused");
            }
            if (failure instanceof SocketException
                    || failure instanceof ConnectionClosedException
                    || failure instanceof NoHttpResponseException
                    || failure instanceof MalformedChunkCodingException) {
                return new ProviderUnwell("connection cut");
            }
            if (failure instanceof UnknownHostException) {
                return new ProviderFailed("unknown host");
            }
            if (failure instanceof SSLException) {
                return new ProviderFailed("no TLS: " + failure.getMessage());
            }
            return failure instanceof ProviderFailed said
                    ? said
                    : new ProviderFailed(failure.getClass().getSimpleName());
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
                    throw new ProviderFailed("the answer is larger than 1 MiB");
                }
                return count;
            } catch (IOException e) {
                throw deadline.inWords(e);
            }
        }

        @Override
        public void close() throws IOException {
            deadline.callOff();
            super.close();
        }
    }
}
