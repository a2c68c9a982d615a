package org.currencyroutes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.spi.PropertiesFunction;

/** The placeholder {@code {{fx-secret:name}}}: the property {@code name}, or the content of the file {@code name-file}. */
public final class Secret implements PropertiesFunction, CamelContextAware {

    static final String FILE = "-file";

    private CamelContext camelContext;

    @Override
    public CamelContext getCamelContext() {
        return camelContext;
    }

    @Override
    public void setCamelContext(CamelContext camelContext) {
        this.camelContext = camelContext;
    }

    @Override
    public String getName() {
        return "fx-secret";
    }

    @Override
    public String apply(String property) {
        return of(camelContext, property);
    }

    /** The secret of that name; empty if there is none. */
    public static String of(CamelContext camelContext, String property) {
        return of(property, name -> camelContext
                .getPropertiesComponent()
                .resolveProperty(name)
                .orElse("")
                .trim());
    }

    static String of(String property, UnaryOperator<String> properties) {
        String file = properties.apply(property + FILE);
        try {
            return file.isEmpty()
                    ? properties.apply(property)
                    : Files.readString(Path.of(file)).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
