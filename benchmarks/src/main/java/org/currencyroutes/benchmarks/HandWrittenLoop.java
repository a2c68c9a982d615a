package org.currencyroutes.benchmarks;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.Vertx;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;

/**
 * What an engineer writes by hand with Vert.x and Jackson: parse a tree, look the day up, divide, put three fields,
 * write. It keeps exact decimals and the order of the fields; it has no validation, no metrics, no watchdog, no
 * redelivery, one rates call a date that blocks, and its tree writes some numbers in another form than they came.
 */
public final class HandWrittenLoop {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private final Map<LocalDate, Map<String, BigDecimal>> tables = new HashMap<>();
    private final String rates = System.getenv("FX_RATES_FRANKFURTER_URL");

    private HandWrittenLoop() {}

    /** Connects to {@code FX_SOCKET_URL} and answers until the process ends. */
    public static void main(String[] args) {
        URI uri = URI.create(System.getenv("FX_SOCKET_URL"));
        Vertx vertx = Vertx.vertx();
        HandWrittenLoop loop = new HandWrittenLoop();
        vertx.createWebSocketClient(
                        new WebSocketClientOptions().setMaxFrameSize(1 << 20).setMaxMessageSize(1 << 20))
                .connect(new WebSocketConnectOptions()
                        .setHost(uri.getHost())
                        .setPort(uri.getPort())
                        .setURI(uri.getPath()))
                .onSuccess(socket -> {
                    socket.textMessageHandler(text -> loop.answer(socket, text));
                    vertx.setPeriodic(0, 1_000, id -> socket.writeTextMessage("{\"type\":\"heartbeat\"}"));
                });
    }

    private void answer(WebSocket socket, String text) {
        try {
            JsonNode message = JSON.readTree(text);
            if (!message.path("type").asText().equals("message")) {
                return;
            }
            ObjectNode payload = (ObjectNode) message.get("payload");
            LocalDate day = OffsetDateTime.parse(payload.get("date").asText())
                    .withOffsetSameInstant(ZoneOffset.UTC)
                    .toLocalDate();
            BigDecimal rate = tables.computeIfAbsent(day, this::load)
                    .get(payload.get("currency").asText());
            BigDecimal stake = payload.get("stake").decimalValue().divide(rate, 5, RoundingMode.HALF_EVEN);
            payload.put("stake", new BigDecimal(stake.stripTrailingZeros().toPlainString()));
            payload.put("currency", "EUR");
            payload.put("date", Instant.now().truncatedTo(ChronoUnit.MILLIS).toString());
            socket.writeTextMessage(JSON.writeValueAsString(message));
        } catch (Exception e) {
            e.printStackTrace();
        }
    }

    private Map<String, BigDecimal> load(LocalDate day) {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create(rates + "/" + day + "?base=EUR"))
                    .build();
            JsonNode answer = JSON.readTree(HttpClient.newHttpClient()
                    .send(request, HttpResponse.BodyHandlers.ofString())
                    .body());
            Map<String, BigDecimal> table = new HashMap<>();
            answer.get("rates")
                    .properties()
                    .forEach(rate -> table.put(rate.getKey(), rate.getValue().decimalValue()));
            return table;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
