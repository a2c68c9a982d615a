package org.currencyroutes;

import org.apache.camel.component.platform.http.main.ManagementHttpServer;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpEngine;

/** Binds routes of {@code platform-http:} to the management server, whatever other server there is. */
public final class ManagementEngine extends VertxPlatformHttpEngine {

    @Override
    public int getServerPort() {
        ManagementHttpServer server = getCamelContext().hasService(ManagementHttpServer.class);
        if (server == null) {
            throw new IllegalStateException("there is no management server: set camel.management.enabled=true");
        }
        // as it was asked for, which names the server's router also where the port is any that is free
        return server.getPort();
    }
}
