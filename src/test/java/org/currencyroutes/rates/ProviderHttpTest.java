package org.currencyroutes.rates;

import static org.awaitility.Awaitility.await;
import static org.currencyroutes.peer.Requests.DAY;
import static org.currencyroutes.peer.Requests.request;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.LocalDate;
import java.util.Arrays;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.currencyroutes.RunningRoutes;
import org.currencyroutes.peer.ProviderApi;
import org.currencyroutes.peer.RatesApi;
import org.currencyroutes.peer.TradingPipeline;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a provider is reached: through a proxy, behind a private authority. */
class ProviderHttpTest {

    private static final String SERVED = "\"stake\":207.52054,";
    private static final char[] PASSWORD = "changeit".toCharArray();

    private final TradingPipeline pipeline = new TradingPipeline();
    private int connections;

    @AfterEach
    void stop() {
        pipeline.close();
    }

    private String ask(String... settings) {
        String[] all = Arrays.copyOf(settings, settings.length + 2);
        all[settings.length] = "fx.socket.url=" + pipeline.url();
        all[settings.length + 1] = "fx.rates.providers=frankfurter";
        await().until(() -> pipeline.open() == 0);
        try (RunningRoutes routes = RunningRoutes.with(all)) {
            assertTrue(routes.context().isStarted());
            int connection = ++connections;
            await().until(() -> pipeline.connections() == connection);
            return pipeline.ask(request("1", "USD", DAY));
        }
    }

    private static String table() {
        return RatesApi.table("EUR", LocalDate.parse(DAY), "\"USD\":1.222385").body();
    }

    @Test
    void aProviderIsReachedThroughAProxy() {
        try (ProviderApi proxy = new ProviderApi()) {
            proxy.setAnswer(200, table());
            String answer = ask(
                    "fx.rates.frankfurter.url=http://rates.invalid/v1",
                    "fx.rates.proxy=" + proxy.url().replace("/api", ""));
            assertTrue(answer.contains(SERVED), answer);
            assertEquals(
                    "http://rates.invalid/v1/2021-05-18?base=EUR",
                    proxy.calls().get(0).uri());
        }
    }

    @Test
    void aProviderBehindAPrivateAuthorityIsTrustedByTheTrustStoreAlone(@TempDir Path home) throws Exception {
        Path store = home.resolve("store.p12");
        new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-alias",
                        "rates",
                        "-dname",
                        "CN=127.0.0.1",
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        new String(PASSWORD))
                .inheritIO()
                .start()
                .waitFor();
        Path trust = home.resolve("trust.p12");
        KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD);
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("rates", keys.getCertificate("rates"));
        try (OutputStream out = Files.newOutputStream(trust)) {
            trusted.store(out, PASSWORD);
        }
        HttpsServer server = serve(keys);
        try {
            String url = "fx.rates.frankfurter.url=https://127.0.0.1:"
                    + server.getAddress().getPort() + "/v1";
            assertFalse(ask(url).contains(SERVED));
            String answer =
                    ask(url, "fx.rates.trust-store=" + trust, "fx.rates.trust-store-password=" + new String(PASSWORD));
            assertTrue(answer.contains(SERVED), answer);
        } finally {
            server.stop(0);
        }
    }

    private static HttpsServer serve(KeyStore keys) throws IOException, GeneralSecurityException {
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD);
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(managers.getKeyManagers(), null, null);
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls));
        server.createContext("/", exchange -> {
            try (exchange) {
                byte[] body = table().getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
            }
        });
        server.start();
        return server;
    }
}
