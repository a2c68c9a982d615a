package org.currencyroutes.connection;

import static org.awaitility.Awaitility.await;
import static org.currencyroutes.peer.Requests.DAY;
import static org.currencyroutes.peer.Requests.request;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.currencyroutes.RunningRoutes;
import org.currencyroutes.heartbeat.HeartbeatMonitor;
import org.currencyroutes.peer.Certificates;
import org.currencyroutes.peer.FaultyPipeline;
import org.currencyroutes.peer.HttpProxy;
import org.currencyroutes.peer.LogLines;
import org.currencyroutes.peer.RawConnection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The way to the pipeline over TLS and through a proxy: whom we trust, who we say we are, and what nobody may read. */
@Timeout(60)
@Execution(ExecutionMode.CONCURRENT)
class TlsTest {

    private static final String FOR_US = "san=ip:127.0.0.1";
    private static final String TOKEN = "Bearer only-for-the-pipeline";

    @TempDir
    private static Path folder;

    private static Certificates certificates;
    private static Path server;

    private FaultyPipeline pipeline;
    private RunningRoutes routes;

    @BeforeAll
    static void certify() {
        certificates = new Certificates(folder);
        server = certificates.keyStore("pipeline", FOR_US, "-1d");
    }

    @AfterEach
    void stop() {
        routes.close();
        pipeline.close();
        assertTrue(pipeline.mostOpen() <= 1);
    }

    private void listen(Path keyStore, boolean mutual) {
        pipeline = new FaultyPipeline(certificates.sockets(keyStore, mutual));
    }

    /** Runs with these settings, trusting the private authority. */
    private void run(String... settings) {
        List<String> all = new ArrayList<>(List.of(settings));
        all.add("fx.socket.url=wss://127.0.0.1:" + pipeline.port() + "/pipeline?token=also-secret");
        all.add("fx.socket.trust-store=" + certificates.trustStore());
        all.add("fx.socket.trust-store-password=" + Certificates.PASSWORD);
        runWith(all);
    }

    private void runWith(List<String> settings) {
        List<String> all = new ArrayList<>(settings);
        all.add("fx.rates.providers=ecb");
        all.add("fx.reconnect.delay=50ms");
        all.add("fx.reconnect.max-delay=100ms");
        routes = RunningRoutes.with(all.toArray(String[]::new));
    }

    private void assertAnswers() throws IOException {
        RawConnection connection = pipeline.awaitConnectionAfter(0);
        connection.send(request("1", "EUR", DAY));
        assertTrue(pipeline.answer(1).contains("\"stake\":253.67,"));
    }

    private HeartbeatMonitor monitor() {
        return routes.bean("fxHeartbeatMonitor", HeartbeatMonitor.class);
    }

    /** Waits until attempts were refused for this reason, said in the log in a line without a stack trace. */
    private void assertRefused(LogLines log, String reason) {
        await().until(() -> pipeline.connections() >= 2);
        Supplier<Optional<String>> said = () -> log.lines().stream()
                .filter(line -> line.startsWith("WARN Not connected to the pipeline, ") && line.contains(reason))
                .findFirst();
        String line = await().until(said::get, Optional::isPresent).orElseThrow();
        assertFalse(line.contains("Exception"), line);
        assertFalse(monitor().isConnected());
        assertTrue(routes.metric("fx.reconnects", "cause", "tls") >= 1);
        assertTrue(pipeline.frames().isEmpty());
    }

    // ---- whom we trust

    @Test
    void aPeerThatAPrivateAuthorityCertifiedIsTrusted() throws IOException {
        listen(server, false);
        run();
        assertAnswers();
    }

    @Test
    void aPeerThatNobodyWeTrustCertifiedIsRefused() {
        listen(server, false);
        try (LogLines log = new LogLines()) {
            runWith(List.of("fx.socket.url=wss://127.0.0.1:" + pipeline.port() + "/pipeline"));
            assertRefused(log, "unable to find valid certification path");
        }
    }

    @Test
    void aPeerThatWasCertifiedForAnotherHostIsRefused() {
        listen(certificates.keyStore("other", "san=dns:elsewhere.example", "-1d"), false);
        try (LogLines log = new LogLines()) {
            run();
            assertRefused(log, "No subject alternative names matching IP address <host> found");
        }
    }

    @Test
    void aPeerWhoseCertificateHasExpiredIsRefused() {
        listen(certificates.keyStore("expired", FOR_US, "-30d"), false);
        try (LogLines log = new LogLines()) {
            run();
            assertRefused(log, "NotAfter: ");
        }
    }

    // ---- who we say we are

    @Test
    void weShowOurCertificateToAPeerThatWantsOne() throws IOException {
        listen(server, true);
        Path own = certificates.keyStore("client", "san=dns:client.example", "-1d");
        run("fx.socket.key-store=" + own, "fx.socket.key-store-password=" + Certificates.PASSWORD);
        assertAnswers();
    }

    @Test
    void withoutACertificateAPeerThatWantsOneDoesNotLetUsIn() {
        listen(server, true);
        run();
        await().until(() -> pipeline.connections() >= 3);
        assertFalse(monitor().isConnected());
        assertTrue(pipeline.frames().isEmpty());
    }

    @Test
    void theAuthorizationArrivesAndNoSecretIsInTheLog() throws IOException {
        listen(server, false);
        try (LogLines log = new LogLines()) {
            run("fx.socket.authorization=" + TOKEN);
            assertAnswers();
            RawConnection connection = pipeline.newest();
            assertTrue(connection.handshake().startsWith("GET /pipeline?token=also-secret HTTP/1.1\r\n"));
            assertTrue(connection.handshake().lines().anyMatch(("Authorization: " + TOKEN)::equalsIgnoreCase));
            // also where the log says most: when it does not work
            pipeline.setScript(rejecting -> rejecting.reject(403));
            connection.cut();
            await().until(() -> log.contains("the pipeline answered 403 to the handshake"));
            routes.close();
            for (String secret : List.of("only-for-the-pipeline", "also-secret", Certificates.PASSWORD)) {
                assertFalse(log.contains(secret), () -> log.lines().toString());
            }
        }
    }

    // ---- through a proxy

    @Test
    void aProxyLeadsToThePipelineAlsoWhenTheConnectionIsMadeAnew() throws IOException {
        pipeline = new FaultyPipeline();
        try (HttpProxy proxy = new HttpProxy()) {
            runWith(List.of("fx.socket.url=" + pipeline.url(), "fx.socket.proxy=" + proxy.url()));
            assertAnswers();
            pipeline.newest().cut();
            pipeline.awaitConnectionAfter(1);
            assertEquals(List.of("127.0.0.1:" + pipeline.port(), "127.0.0.1:" + pipeline.port()), proxy.targets());
        }
    }

    @Test
    void aProxyPassesTlsThroughUntouched() throws IOException {
        listen(server, false);
        try (HttpProxy proxy = new HttpProxy()) {
            run("fx.socket.proxy=" + proxy.url());
            assertAnswers();
            assertEquals(List.of("127.0.0.1:" + pipeline.port()), proxy.targets());
        }
    }

    @Test
    void aProxyThatIsGoneIsTriedUntilItIsBackNeverGoneRound() {
        pipeline = new FaultyPipeline();
        HttpProxy proxy = new HttpProxy();
        proxy.close();
        runWith(List.of("fx.socket.url=" + pipeline.url(), "fx.socket.proxy=" + proxy.url()));
        await().until(() -> monitor().reason().contains("refused"));
        assertEquals(0, pipeline.connections());
    }
}
