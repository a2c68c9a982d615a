package org.currencyroutes.cluster;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/** Reads the addresses of the cluster's members as they are set. */
public final class Addresses {

    private Addresses() {}

    /** The address to listen on; refuses a name that is not known, and one that stands for all of a machine's. */
    public static InetAddress own(String address) {
        InetAddress own = named(address);
        if (own.isAnyLocalAddress()) {
            throw new IllegalArgumentException("must be one address of this machine, not '" + address + "'");
        }
        return own;
    }

    /** The addresses in {@code host:port,host:port,…}, IPv6 in brackets; none if it is empty. */
    public static List<InetSocketAddress> peers(String peers) {
        List<InetSocketAddress> addresses = new ArrayList<>();
        for (String peer : peers.isBlank() ? new String[0] : peers.trim().split("\\s*,\\s*")) {
            if (!peer.matches("([^:\\[\\]]+|\\[[0-9a-fA-F:.%]+]):[1-9][0-9]{0,4}")) {
                throw new IllegalArgumentException("must be host:port,host:port,…, not '" + peer + "'");
            }
            int colon = peer.lastIndexOf(':');
            int port = Integer.parseInt(peer.substring(colon + 1));
            if (port > 65_535) {
                throw new IllegalArgumentException("must be host:port,host:port,…, there is no port " + port);
            }
            addresses.add(new InetSocketAddress(named(peer.substring(0, colon)), port));
        }
        return addresses;
    }

    private static InetAddress named(String host) {
        if (host.isBlank()) {
            throw new IllegalArgumentException("must name an address, it is empty");
        }
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("names the host '" + host + "', which is not known", e);
        }
    }
}
