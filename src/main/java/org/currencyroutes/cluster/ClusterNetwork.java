package org.currencyroutes.cluster;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
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
import org.jgroups.protocols.FORK;
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
import org.jgroups.stack.IpAddress;
import org.jgroups.util.DefaultSocketFactory;

/** How the members of a cluster reach one another; made by its settings, it joins the cluster or begins one. */
public final class ClusterNetwork {

    // where all members are on one machine, and set up alike
    private static final int PORTS = 9;
    private static final int HANDSHAKE_MILLIS = 1_000;

    private String address = "127.0.0.1";
    private int port = 7_800;
    private String peers = "";
    private String secret = "";
    private JChannel channel;

    /**
     * Joins, and gives what the members share. It listens on the address alone, at the port or, where no peers are set, at
     * one of the nine after it; there are no other ports and no multicast. With a secret all that is sent goes over TLS with
     * those who know it, both ways; others get no further than its handshake.
     */
    public static EmbeddedCacheManager join(ClusterNetwork network) throws Exception {
        network.channel = network.newChannel();
        // a configuration that is handed over built is copied, without the channel
        ConfigurationBuilderHolder configuration = new ConfigurationBuilderHolder();
        GlobalConfigurationBuilder global = configuration.getGlobalConfigurationBuilder();
        global.transport().transport(new JGroupsTransport(network.channel)).clusterName("currency-routes");
        global.jmx().enabled(false);
        global.metrics().gauges(false).histograms(false);
        // Camel stops it, when the routes are stopped
        global.shutdown().hookBehavior(ShutdownHookBehavior.DONT_REGISTER);
        return new DefaultCacheManager(configuration, true);
    }

    JChannel channel() {
        return channel;
    }

    /** Where this member was found to be once it joined, {@code host:port}. */
    String own() {
        IpAddress own = (IpAddress) channel.getProtocolStack().getTransport().localPhysicalAddress();
        return words(new InetSocketAddress(own.getIpAddress(), own.getPort()));
    }

    /** Whose votes count, as {@code host:port}: those that are set and this one; none are named where all count that are here. */
    Set<String> voters() {
        Set<String> voters = new TreeSet<>();
        Addresses.peers(peers).forEach(peer -> voters.add(words(peer)));
        if (!voters.isEmpty()) {
            voters.add(own());
        }
        return voters;
    }

    private static String words(InetSocketAddress address) {
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }

    /** The one address to listen on. */
    public void setAddress(String address) {
        this.address = address;
    }

    /** The port to listen on. */
    public void setPort(int port) {
        this.port = port;
    }

    /** All members, {@code host:port,…}; empty if they are on one machine. */
    public void setPeers(String peers) {
        this.peers = peers;
    }

    /** What all members know and nobody else; empty for none, then whoever reaches the address can join. */
    public void setSecret(String secret) {
        this.secret = secret;
    }

    private JChannel newChannel() throws Exception {
        InetAddress own = Addresses.own(address);
        List<InetSocketAddress> known = Addresses.peers(peers);
        TCP tcp = new UnhinderedTcp();
        tcp.setBindAddress(own);
        tcp.setBindPort(port);
        tcp.setPortRange(known.isEmpty() ? PORTS : 0);
        tcp.setSockConnTimeout(500).setPeerAddrReadTimeout(HANDSHAKE_MILLIS);
        tcp.tcpNodelay(true);
        // nor does a message to one member wait until another, which may be paused, reads
        tcp.nonBlockingSends(true);
        // or else whoever knocks without the secret leaves a stack trace
        tcp.logAcceptError(false).logDetails(false);
        JChannel made = new JChannel(
                tcp,
                new TCPPING().initialHosts(known.isEmpty() ? here(own) : known),
                new MERGE3().setMaxInterval(1_500).setMinInterval(500),
                new FD_ALL3().setTimeout(3_000).setInterval(600),
                new VERIFY_SUSPECT2().setTimeout(500),
                new NAKACK2().setXmitInterval(200),
                new UNICAST3().setXmitInterval(200),
                new STABLE(),
                new GMS().setJoinTimeout(1_000).setLeaveTimeout(500).printLocalAddress(false),
                new UFC(),
                new MFC(),
                new FRAG4(),
                // for more than one use of the channel: Infinispan's, and the notices
                new FORK());
        tcp.getDiagnosticsHandler().setEnabled(false);
        if (!secret.isEmpty()) {
            tcp.setSocketFactory(sockets(SharedSecret.tls(secret)));
        }
        return made;
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

    private List<InetSocketAddress> here(InetAddress own) {
        return IntStream.rangeClosed(port, port + PORTS)
                .mapToObj(each -> new InetSocketAddress(own, each))
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
