package org.currencyroutes.peer;

import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.logging.log4j.core.config.Property;

/** What is logged from now on, at the level that is shipped. */
public final class LogLines implements AutoCloseable {

    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Logger root = (Logger) LogManager.getRootLogger();
    private final Lines appender = new Lines();

    /** Begins to listen; the level stays, for others may be listening. */
    public LogLines() {
        // who comes while another thread starts Log4j would listen to a configuration that is replaced
        await().until(root.getContext()::isStarted);
        Configurator.setRootLevel(Level.INFO);
        appender.start();
        root.addAppender(appender);
    }

    /** The lines so far, each with its level and what was thrown. */
    public List<String> lines() {
        return List.copyOf(lines);
    }

    /** Whether a line so far holds this. */
    public boolean contains(String text) {
        return lines.stream().anyMatch(line -> line.contains(text));
    }

    @Override
    public void close() {
        root.removeAppender(appender);
    }

    private final class Lines extends AbstractAppender {

        private Lines() {
            super("lines-" + System.nanoTime(), null, null, true, Property.EMPTY_ARRAY);
        }

        @Override
        public void append(LogEvent event) {
            String thrown = event.getThrown() == null ? "" : " " + event.getThrown();
            lines.add(event.getLevel() + " " + event.getMessage().getFormattedMessage() + thrown);
        }
    }
}
