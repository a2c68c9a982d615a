package org.currencyroutes.connection;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.vertx.core.impl.transports.JDKTransport;
import io.vertx.core.net.ClientOptionsBase;

/**
 * Sockets of which so much is read at a time before the event loop looks at what else it has to do, such as a heartbeat
 * to be sent. It has to be said before a socket connects: Netty looks only once how much it shall read.
 */
final class SmallReads extends JDKTransport {

    private static final int SMALLEST = 1 << 10;

    private final int max;

    /** Takes the most bytes to read at a time. */
    SmallReads(int max) {
        this.max = max;
    }

    @Override
    public void configure(ClientOptionsBase options, boolean domainSocket, Bootstrap bootstrap) {
        super.configure(options, domainSocket, bootstrap);
        bootstrap.option(
                ChannelOption.RCVBUF_ALLOCATOR,
                new AdaptiveRecvByteBufAllocator(SMALLEST, max, max).maxMessagesPerRead(1));
    }
}
