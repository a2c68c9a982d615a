package org.currencyroutes.peer;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;

/** The Chromium of this machine, without a window, on a page of ours. Nothing is downloaded. */
public final class Browser implements AutoCloseable {

    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final Path DRIVER = Path.of("/usr/bin/chromedriver");
    private static final String AXE = "/META-INF/resources/webjars/axe-core/4.6.3/axe.min.js";

    private final ChromeDriver driver;

    /** Starts it with a new, empty profile, which leaves with it. */
    public Browser() {
        ChromeOptions options = new ChromeOptions();
        options.setBinary(CHROMIUM.toFile());
        options.addArguments(
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-proxy-server",
                "--window-size=1280,1000");
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(DRIVER.toFile())
                .usingAnyFreePort()
                .build();
        driver = new ChromeDriver(service, options);
    }

    /** Whether this machine has one, with its driver. */
    public static boolean isInstalled() {
        return Files.isExecutable(CHROMIUM) && Files.isExecutable(DRIVER);
    }

    /** Goes to a page. */
    public void open(String url) {
        driver.get(url);
    }

    /** What the browser's tab says. */
    public String title() {
        return driver.getTitle();
    }

    /** What a person reads in an element, by its id. */
    public String text(String id) {
        return driver.findElement(By.id(id)).getText();
    }

    /** An attribute of an element, by its id. */
    public String attribute(String id, String name) {
        return driver.findElement(By.id(id)).getDomAttribute(name);
    }

    /** Presses keys as somebody without a mouse does, on whatever has the focus. */
    public void press(CharSequence... keys) {
        driver.switchTo().activeElement().sendKeys(keys);
    }

    /** What a script gives that is run in the page. */
    public Object run(String script, Object... arguments) {
        return driver.executeScript(script, arguments);
    }

    /** Sets what the person prefers, as in {@code prefers-color-scheme: dark}. */
    public void prefer(String feature, String value) {
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia", Map.of("features", List.of(Map.of("name", feature, "value", value))));
    }

    /** Makes the page so many CSS pixels wide. */
    public void resize(int width, int height) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    }

    /** What the rules of axe-core find against the page, each in a line; empty if nothing. */
    public List<String> inaccessible() {
        try (InputStream script = Browser.class.getResourceAsStream(AXE)) {
            driver.executeScript(new String(script.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Object found = driver.executeAsyncScript("const done = arguments[0];"
                + "axe.run().then(result => done(result.violations.flatMap(rule =>"
                + " rule.nodes.map(node => rule.id + ': ' + node.html + ' ' + node.failureSummary))));");
        return ((List<?>) found).stream().map(String::valueOf).toList();
    }

    /** What the page was not allowed to do, or did wrong, in the words of the browser's console; each is told once. */
    public List<String> complaints() {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .map(LogEntry::getMessage)
                // that something was not there, or is down, is for the page to tell
                .filter(message -> !message.contains("Failed to load resource"))
                .toList();
    }

    /** Keeps a picture of what is in the window. */
    public void picture(Path file) {
        try {
            Files.write(file, driver.getScreenshotAs(OutputType.BYTES));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        driver.quit();
    }
}
