package org.currencyroutes.rates;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * The euro foreign exchange reference rates of the
 * <a href="https://www.ecb.europa.eu/stats/policy_and_exchange_rates/euro_reference_exchange_rates">European Central
 * Bank</a>, from the file inside the artifact {@code moneta-convert-ecb}, read when they are first asked for.
 */
public final class EcbHistory {

    private static final String FILE = "/org/javamoney/moneta/convert/ecb/defaults/eurofxref-hist.xml";

    // a day's rates as two arrays over the currencies: 200,000 decimals as objects would take ten times the memory
    private record Day(long[] unscaled, byte[] scales) {}

    private final List<String> currencies = new ArrayList<>();
    private final NavigableMap<LocalDate, Day> days = new TreeMap<>();

    /** The first day of the file. */
    public LocalDate firstDay() {
        return read().firstKey();
    }

    /** The last day of the file; nothing is known of the days after it. */
    public LocalDate lastDay() {
        return read().lastKey();
    }

    /** The currencies that the file has ever had. */
    public List<String> currencies() {
        read();
        return Collections.unmodifiableList(currencies);
    }

    /** The table of the last publication day on or before the one asked for; refuses a day that the file cannot know. */
    public RateTable on(LocalDate day) {
        Map.Entry<LocalDate, Day> published = read().floorEntry(day);
        if (published == null || day.isAfter(days.lastKey())) {
            throw new UnknownDay("the history goes from " + days.firstKey() + " to " + days.lastKey());
        }
        Day found = published.getValue();
        Map<String, BigDecimal> quotes = new HashMap<>();
        for (int i = 0; i < found.unscaled.length; i++) {
            if (found.unscaled[i] != 0) {
                quotes.put(currencies.get(i), BigDecimal.valueOf(found.unscaled[i], found.scales[i]));
            }
        }
        return new RateTable("EUR", published.getKey(), quotes);
    }

    private synchronized NavigableMap<LocalDate, Day> read() {
        if (days.isEmpty()) {
            try (InputStream xml = EcbHistory.class.getResourceAsStream(FILE)) {
                if (xml == null) {
                    throw new IllegalStateException("the artifact moneta-convert-ecb is missing");
                }
                read(xml);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (XMLStreamException e) {
                throw new IllegalStateException("the history in moneta-convert-ecb cannot be read", e);
            }
        }
        return days;
    }

    private void read(InputStream xml) throws XMLStreamException {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        XMLStreamReader reader = factory.createXMLStreamReader(xml);
        Map<String, BigDecimal> quotes = new HashMap<>();
        LocalDate day = null;
        while (reader.hasNext()) {
            if (reader.next() != XMLStreamConstants.START_ELEMENT) {
                continue;
            }
            String time = reader.getAttributeValue(null, "time");
            String currency = reader.getAttributeValue(null, "currency");
            if (time != null) {
                keep(day, quotes);
                day = LocalDate.parse(time);
                quotes.clear();
            } else if (currency != null) {
                quotes.put(currency, new BigDecimal(reader.getAttributeValue(null, "rate")));
            }
        }
        keep(day, quotes);
    }

    private void keep(LocalDate day, Map<String, BigDecimal> quotes) {
        quotes.keySet().stream().filter(code -> !currencies.contains(code)).forEach(currencies::add);
        long[] unscaled = new long[currencies.size()];
        byte[] scales = new byte[currencies.size()];
        quotes.forEach((code, rate) -> {
            int i = currencies.indexOf(code);
            unscaled[i] = rate.unscaledValue().longValueExact();
            scales[i] = (byte) rate.scale();
        });
        if (day != null) {
            days.put(day, new Day(unscaled, scales));
        }
    }
}
