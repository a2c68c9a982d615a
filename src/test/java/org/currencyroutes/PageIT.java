package org.currencyroutes;

import static org.awaitility.Awaitility.await;
import static org.currencyroutes.peer.Requests.DAY;
import static org.currencyroutes.peer.Requests.request;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.currencyroutes.peer.Browser;
import org.currencyroutes.peer.Distribution;
import org.currencyroutes.peer.RatesApi;
import org.currencyroutes.peer.TradingPipeline;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.openqa.selenium.Keys;

/** The page to look at, as a browser shows it, of the distribution as it is built. */
@Timeout(120)
@EnabledIf(
        value = "org.currencyroutes.peer.Browser#isInstalled",
        disabledReason =
                "there is no Chromium here (Debian's packages chromium and chromium-driver): the page is not tried")
class PageIT {

    private static final int PORT = TradingPipeline.freePort();
    private static final int PIPELINE_PORT = TradingPipeline.freePort();
    private static final String ATTEMPT = "<img src=x onerror=document.title=1>";

    private static RatesApi rates;
    private static Distribution application;
    private static Browser browser;
    private static TradingPipeline pipeline;

    @BeforeAll
    static void start() {
        rates = new RatesApi();
        pipeline = new TradingPipeline(PIPELINE_PORT);
        application = run();
        browser = new Browser();
    }

    @AfterAll
    static void stop() {
        if (browser != null) {
            browser.close();
        }
        if (application != null) {
            application.close();
            pipeline.close();
            rates.close();
        }
    }

    private static Distribution run() {
        return new Distribution(Map.of(
                "FX_SOCKET_URL", "ws://127.0.0.1:" + PIPELINE_PORT + "/",
                "FX_RATES_FRANKFURTER_URL", rates.url(),
                "CAMEL_MANAGEMENT_PORT", String.valueOf(PORT)));
    }

    @BeforeEach
    void open() {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> pipeline.heartbeats(pipeline.connections()).size() > 0);
        browser.complaints();
        browser.open("http://127.0.0.1:" + PORT + "/");
        becomes("Connected to the pipeline", () -> browser.text("state"));
    }

    private static void becomes(String text, Callable<String> shown) {
        Pattern pattern = Pattern.compile(text);
        await().atMost(Duration.ofSeconds(20))
                .until(shown, found -> pattern.matcher(found).find());
    }

    private static int converted() {
        Matcher row = Pattern.compile("converted ([0-9,]+)").matcher(browser.text("outcomes"));
        return row.find() ? Integer.parseInt(row.group(1).replace(",", "")) : 0;
    }

    @Test
    void showsTheConnectionAndWhatIsConverted() {
        becomes("[0-9]", () -> browser.text("speed"));
        int before = converted();
        for (int i = 0; i < 30; i++) {
            pipeline.ask(request(String.valueOf(i), "USD", DAY));
        }

        await().until(() -> converted() == before + 30);
        becomes("now .*, at most [1-9]", () -> browser.attribute("plot-speed", "aria-label"));
        becomes("connected", () -> browser.text("connection"));
        becomes("ago", () -> browser.text("heartbeat"));
        becomes("ms", () -> browser.text("p99"));
        becomes("2021-05-18", () -> browser.text("rates"));
        becomes("frankfurter closed", () -> browser.text("providers"));
        becomes("0 of at most 10,000", () -> browser.text("in-hand"));
        assertEquals("● connected – currency-routes", browser.title());
        assertEquals(List.of(), browser.complaints());
    }

    @Test
    void showsWhatWasRefusedAsTextWhateverItHolds() {
        pipeline.ask(request('"' + ATTEMPT + '"', "XXX", DAY));

        becomes(Pattern.quote(ATTEMPT), () -> browser.text("refusals"));
        becomes("the currency XXX in payload.currency is not supported on 2021-05-18", () -> browser.text("refusals"));
        assertEquals(0L, browser.run("return document.images.length"));
        assertEquals("● connected – currency-routes", browser.title());
        assertEquals(List.of(), browser.complaints());
    }

    @Test
    void saysThatTheConnectionIsLostAndThatItIsBack() {
        pipeline.close();
        becomes("Not connected to the pipeline", () -> browser.text("state"));
        becomes("▲ ", () -> browser.title());
        becomes("attempt", () -> browser.text("connection"));
        assertEquals(List.of(), browser.inaccessible());

        pipeline = new TradingPipeline(PIPELINE_PORT);
        becomes("Connected to the pipeline", () -> browser.text("state"));
        becomes("● connected", () -> browser.title());
        becomes("closed [1-9]", () -> browser.text("reconnects"));
    }

    @Test
    void saysThatTheApplicationDoesNotAnswerAndThatItDoesAgain() {
        application.close();
        becomes("The application does not answer: what is below is of ", () -> browser.text("state"));
        becomes("✕ no answer", () -> browser.title());
        assertEquals(List.of(), browser.inaccessible());

        application = run();
        becomes("Connected to the pipeline", () -> browser.text("state"));
    }

    @Test
    void keepsStillWhileItIsPausedByKeyboard() {
        browser.press(Keys.TAB);
        browser.press(Keys.SPACE);
        becomes("Paused", () -> browser.text("state"));
        assertEquals("true", browser.attribute("pause", "aria-pressed"));

        browser.press(Keys.SPACE);
        becomes("Connected to the pipeline", () -> browser.text("state"));
    }

    @Test
    void isAccessibleInLightAndDarkAndFitsAPhone() {
        pipeline.ask(request("\"" + "x".repeat(60) + "\"", "XXX", DAY));
        pipeline.ask(request("1", "USD", DAY));
        becomes("xxx", () -> browser.text("refusals"));
        becomes("2021-05-18", () -> browser.text("rates"));
        for (String scheme : List.of("light", "dark")) {
            browser.prefer("prefers-color-scheme", scheme);
            assertEquals(List.of(), browser.inaccessible(), scheme);
        }
        browser.resize(320, 800);
        assertTrue((Boolean) browser.run("return document.documentElement.scrollWidth <= 320"));
        browser.picture(Path.of("target", "page-320.png"));
    }
}
