package org.currencyroutes.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.util.concurrent.CompletableFuture;
import javax.net.SocketFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;

class SharedSecretTest {

    /** What a server with one of the secrets reads of what a client sends it, or why it does not. */
    private static int read(SSLContext server, SocketFactory client) throws Exception {
        try (SSLServerSocket listening = (SSLServerSocket)
                server.getServerSocketFactory().createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            listening.setNeedClientAuth(true);
            CompletableFuture.runAsync(() -> {
                try (SSLSocket socket =
                        (SSLSocket) client.createSocket(InetAddress.getLoopbackAddress(), listening.getLocalPort())) {
                    socket.getOutputStream().write(7);
                    socket.getInputStream().read();
                } catch (IOException e) {
                    // the server says it as well
                }
            });
            try (SSLSocket accepted = (SSLSocket) listening.accept()) {
                return accepted.getInputStream().read();
            }
        }
    }

    @Test
    void thoseWhoKnowTheSecretUnderstandOneAnother() throws Exception {
        assertEquals(
                7,
                read(
                        SharedSecret.tls("a secret, \"with\" marks"),
                        SharedSecret.tls("a secret, \"with\" marks").getSocketFactory()));
    }

    @Test
    void whoKnowsAnotherGetsNoFurtherThanTheHandshake() throws Exception {
        SSLContext server = SharedSecret.tls("a secret");
        SSLContext other = SharedSecret.tls("a secre");
        assertThrows(SSLException.class, () -> read(server, other.getSocketFactory()));
    }

    @Test
    void whoTrustsAnybodyAndShowsNothingGetsNoFurtherEither() throws Exception {
        SSLContext anybody = SSLContext.getInstance("TLS");
        anybody.init(null, new TrustManager[] {new Trusting()}, null);
        SSLContext server = SharedSecret.tls("a secret");
        assertThrows(SSLException.class, () -> read(server, anybody.getSocketFactory()));
    }

    private static final class Trusting implements X509TrustManager {

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
