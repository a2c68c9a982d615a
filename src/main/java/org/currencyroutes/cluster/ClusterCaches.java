package org.currencyroutes.cluster;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.List;
import java.util.stream.IntStream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.infinispan.configuration.global.GlobalConfigurationBuilder;
import org.infinispan.configuration.global.ShutdownHookBehavior;
import org.infinispan.configuration.parsing.ConfigurationBuilderHolder;
import org.infinispan.manager.DefaultCacheManager;
import org.infinispan.manager.EmbeddedCacheManager;
import org.infinispan.remoting.transport.jgroups.JGroupsTransport;
import org.jgroups.JChannel;
import org.jgroups.protocols.FD_ALL3;
import org.jgroups.protocols.FRAG4;
import org.jgroups.protocols.MERGE3;
import org.jgroups.protocols.MFC;
import org.jgroups.protocols.TCP;
import org.jgroups.protocols.TCPPING;
import org.jgroups.protocols.UFC;
import org.jgroups.protocols.UNICAST3;
import org.jgroups.protocols.VERIFY_SUSPECT2;
import org.jgroups.protocols.pbcast.GMS;
import org.jgroups.protocols.pbcast.NAKACK2;
import org.jgroups.protocols.pbcast.STABLE;
import org.jgroups.util.DefaultSocketFactory;

/** Makes what the members of a cluster share: Infinispan's caches, over JGroups. */
public final class ClusterCaches {

    // where all members are on one machine, and set up alike
    private static final int PORTS = 9;
    private static final int HANDSHAKE_MILLIS = 1_000;

    private ClusterCaches() {}

    /**
     * Joins the cluster, or begins one. It listens on this address alone, at this port or, where no peers are given, at one
     * of the nine after it; there are no other ports and no multicast. With a secret all that is sent goes over TLS with
     * those who know it, both ways; others get no further than its handshake.
     */
    public static EmbeddedCacheManager join(String address, int port, String peers, String secret) throws Exception {
        List<InetSocketAddress> known = Addresses.peers(peers);
        JChannel channel = channel(Addresses.own(address), port, known, secret);
        // a configuration that is handed over built is copied, without the channel
        ConfigurationBuilderHolder configuration = new ConfigurationBuilderHolder();
        GlobalConfigurationBuilder global = configuration.getGlobalConfigurationBuilder();
        global.transport().transport(new JGroupsTransport(channel)).clusterName("currency-routes");
        global.jmx().enabled(false);
        global.metrics().gauges(false).histograms(false);
        // Camel stops it, when the routes are stopped
        global.shutdown().hookBehavior(ShutdownHookBehavior.DONT_REGISTER);
        return new DefaultCacheManager(configuration, true);
    }

    private static JChannel channel(InetAddress address, int port, List<InetSocketAddress> peers, String secret)
            throws Exception {
        TCP tcp = new TCP();
        tcp.setBindAddress(address);
        tcp.setBindPort(port);
        tcp.setPortRange(peers.isEmpty() ? PORTS : 0);
        tcp.setSockConnTimeout(500).setPeerAddrReadTimeout(HANDSHAKE_MILLIS);
        tcp.tcpNodelay(true);
        // or else whoever knocks without the secret leaves a stack trace
        tcp.logAcceptError(false).logDetails(false);
        // a process that ended is missed at once: its connections are closed
        tcp.enableSuspectEvents(true);
        JChannel channel = new JChannel(
                tcp,
                new TCPPING().initialHosts(peers.isEmpty() ? here(address, port) : peers),
                new MERGE3().setMaxInterval(1_500).setMinInterval(500),
                new FD_ALL3().setTimeout(3_000).setInterval(600),
                new VERIFY_SUSPECT2().setTimeout(500),
                new NAKACK2().setXmitInterval(200),
                new UNICAST3().setXmitInterval(200),
                new STABLE(),
                new GMS().setJoinTimeout(1_000).setLeaveTimeout(500).printLocalAddress(false),
                new UFC(),
                new MFC(),
                new FRAG4());
        tcp.getDiagnosticsHandler().setEnabled(false);
        if (!secret.isEmpty()) {
            tcp.setSocketFactory(sockets(SharedSecret.tls(secret)));
        }
        return channel;
    }

    private static DefaultSocketFactory sockets(SSLContext tls) {
        DefaultSocketFactory sockets = new DefaultSocketFactory(tls);
        sockets.setServerSocketConfigurator(socket -> ((SSLServerSocket) socket).setNeedClientAuth(true));
        // a paused process accepts a connection and never shakes hands
        sockets.setSocketConfigurator(socket -> {
            ((SSLSocket) socket).addHandshakeCompletedListener(event -> patience(event.getSocket(), 0));
            patience((SSLSocket) socket, HANDSHAKE_MILLIS);
        });
        return sockets;
    }

    private static List<InetSocketAddress> here(InetAddress address, int port) {
        return IntStream.rangeClosed(port, port + PORTS)
                .mapToObj(each -> new InetSocketAddress(address, each))
                .toList();
    }

    private static void patience(SSLSocket socket, int millis) {
        try {
            socket.setSoTimeout(millis);
        } catch (SocketException e) {
            // it is closed
        }
    }
}
