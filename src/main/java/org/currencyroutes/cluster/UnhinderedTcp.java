package org.currencyroutes.cluster;

import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jgroups.Address;
import org.jgroups.protocols.TCP;

/**
 * TCP whose messages to one member do not wait for a connection to another, which may be paused or out of reach: each
 * connection is made by a thread of its own, and what there is to send meanwhile is dropped, since the protocols above
 * send again what does not arrive.
 */
final class UnhinderedTcp extends TCP {

    private final Set<Address> connecting = ConcurrentHashMap.newKeySet();

    @Override
    public void send(Address to, byte[] data, int offset, int length) throws Exception {
        if (srv == null || srv.connectionEstablishedTo(to) || srv.localAddress().equals(to)) {
            super.send(to, data, offset, length);
        } else if (connecting.add(to)) {
            byte[] copy = Arrays.copyOfRange(data, offset, offset + length);
            getThreadFactory()
                    .newThread(() -> connectAndSend(to, copy), "connecting")
                    .start();
        }
    }

    /** A process that ended is missed at once: its connections are closed. */
    @Override
    protected void handleConnect() throws Exception {
        enableSuspectEvents(true);
        super.handleConnect();
    }

    /** Connections that we close are no members that we miss: VERIFY_SUSPECT2 may hear of them after its end, and throws then. */
    @Override
    protected void handleDisconnect() {
        enableSuspectEvents(false);
        super.handleDisconnect();
    }

    private void connectAndSend(Address to, byte[] data) {
        try {
            super.send(to, data, 0, data.length);
        } catch (Exception e) {
            log.debug("%s cannot be reached: %s", to, e);
        } finally {
            connecting.remove(to);
        }
    }
}
