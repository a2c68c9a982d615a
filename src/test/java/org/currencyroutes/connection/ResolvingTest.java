package org.currencyroutes.connection;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.dns.AddressResolverOptions;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A pipeline that has moved to another address is found there. */
@Timeout(30)
class ResolvingTest {

    private static final String NAME = "pipeline.example";
    private static final byte[] HERE = {127, 0, 0, 1};
    private static final byte[] ELSEWHERE = {127, 0, 0, 2};
    private static final int FOR_AN_HOUR = 3_600;

    private final AddressResolverOptions options = PipelineComponent.resolving(Duration.ofSeconds(3));
    private ServerSocket pipeline;

    @BeforeEach
    void listen() throws IOException {
        pipeline = new ServerSocket();
        pipeline.bind(new InetSocketAddress(InetAddress.getByAddress(HERE), 0));
    }

    @AfterEach
    void close() throws IOException {
        pipeline.close();
    }

    /** Connects once; gives the address that it reached. */
    private String connect(Vertx vertx) {
        return vertx.createNetClient()
                .connect(pipeline.getLocalPort(), NAME)
                .map(socket -> socket.remoteAddress().hostAddress())
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    @Test
    void aNameIsAskedForAnewHoweverLongItsAddressMayBeKept() throws IOException {
        try (Names names = new Names()) {
            Vertx vertx = Vertx.vertx(new VertxOptions()
                    .setAddressResolverOptions(options.setServers(List.of("127.0.0.1:" + names.port()))));
            try {
                names.address = ELSEWHERE;
                assertThrows(CompletionException.class, () -> connect(vertx));
                names.address = HERE;
                assertEquals("127.0.0.1", connect(vertx));
            } finally {
                vertx.close().toCompletionStage().toCompletableFuture().join();
            }
        }
    }

    @Test
    void aNameOfTheHostsFileIsReadAnew(@TempDir Path folder) throws IOException {
        Path hosts = Files.writeString(folder.resolve("hosts"), "127.0.0.2 " + NAME + '\n');
        Vertx vertx = Vertx.vertx(new VertxOptions().setAddressResolverOptions(options.setHostsPath(hosts.toString())));
        try {
            assertThrows(CompletionException.class, () -> connect(vertx));
            Files.writeString(hosts, "127.0.0.1 " + NAME + '\n');
            await().ignoreExceptions().until(() -> connect(vertx).equals("127.0.0.1"));
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    /** A name server of RFC 1035 that knows one address for any name, and says that it may be kept for an hour. */
    private static final class Names implements AutoCloseable {

        private static final int HEADER = 12;
        private static final int TYPE_AND_CLASS = 4;
        private static final short TYPE_A = 1;
        private static final short CLASS_IN = 1;
        private static final short ANSWER = (short) 0x8180;
        private static final short THE_NAME_ASKED_FOR = (short) 0xC00C;

        private final DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        private volatile byte[] address = ELSEWHERE;

        Names() throws IOException {
            Thread thread = new Thread(this::answer, "names");
            thread.setDaemon(true);
            thread.start();
        }

        int port() {
            return socket.getLocalPort();
        }

        @Override
        public void close() {
            socket.close();
        }

        private void answer() {
            try {
                while (true) {
                    DatagramPacket packet = new DatagramPacket(new byte[512], 512);
                    socket.receive(packet);
                    ByteBuffer query = ByteBuffer.wrap(packet.getData(), 0, packet.getLength());
                    int end = HEADER;
                    while (query.get(end) != 0) {
                        end += 1 + query.get(end);
                    }
                    end += 1 + TYPE_AND_CLASS;
                    boolean known = query.getShort(end - TYPE_AND_CLASS) == TYPE_A;
                    ByteBuffer answer = ByteBuffer.allocate(512)
                            .putShort(query.getShort(0))
                            .putShort(ANSWER)
                            .putShort((short) 1)
                            .putShort((short) (known ? 1 : 0))
                            .putInt(0)
                            .put(packet.getData(), HEADER, end - HEADER);
                    if (known) {
                        answer.putShort(THE_NAME_ASKED_FOR)
                                .putShort(TYPE_A)
                                .putShort(CLASS_IN)
                                .putInt(FOR_AN_HOUR)
                                .putShort((short) address.length)
                                .put(address);
                    }
                    socket.send(new DatagramPacket(answer.array(), answer.position(), packet.getSocketAddress()));
                }
            } catch (IOException e) {
                // closed
            }
        }
    }
}
