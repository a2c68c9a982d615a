package org.currencyroutes;

import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpEngine;

/**
 * Binds routes of {@code platform-http:} to Camel's HTTP server of one port. Where there are two, the management server
 * and another, Camel's own engine finds neither.
 */
public final class HttpServerAtPort extends VertxPlatformHttpEngine {

    private final int port;

    /** Takes the port that the server was asked to have, also where that is 0 for any. */
    public HttpServerAtPort(int port) {
        this.port = port;
    }

    @Override
    public int getServerPort() {
        return port;
    }
}
