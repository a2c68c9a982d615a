package org.currencyroutes.peer;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An HTTP proxy that knows {@code CONNECT} and nothing else. */
public final class HttpProxy implements AutoCloseable {

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<String> targets = new CopyOnWriteArrayList<>();
    private final ServerSocket server;

    /** Listens on a free port. */
    public HttpProxy() {
        try {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.execute(this::accept);
    }

    /** The address for {@code fx.socket.proxy}. */
    public String url() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    /** Where it was asked to connect to, as {@code host:port}. */
    public List<String> targets() {
        return List.copyOf(targets);
    }

    /** Listens no more. */
    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.shutdownNow();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = server.accept();
                threads.execute(() -> serve(client));
            }
        } catch (IOException e) {
            // not listening any more
        }
    }

    private void serve(Socket client) {
        try (client) {
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                head.append((char) client.getInputStream().read());
            }
            String target = head.substring("CONNECT ".length(), head.indexOf(" HTTP/1."));
            targets.add(target);
            String[] address = target.split(":");
            try (Socket peer = new Socket(address[0], Integer.parseInt(address[1]))) {
                client.getOutputStream()
                        .write("HTTP/1.1 200 Connection established\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                threads.execute(() -> pass(peer, client));
                pass(client, peer);
            }
        } catch (IOException e) {
            // one of the two is gone
        }
    }

    private static void pass(Socket from, Socket to) {
        try (to) {
            InputStream in = from.getInputStream();
            in.transferTo(to.getOutputStream());
        } catch (IOException e) {
            // one of the two is gone
        }
    }
}
