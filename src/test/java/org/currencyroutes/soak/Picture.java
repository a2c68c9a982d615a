package org.currencyroutes.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Draws a soak's samples: for each member, when it was connected to the pipeline, answered it, and what was done to it. */
public final class Picture {

    private static final int STRIP_MILLIS = 120_000;
    private static final int MEMBERS = 3;
    private static final int LEFT = 80;
    private static final int WIDTH = 1_100;
    private static final int ROW = 18;
    private static final int STRIP = ROW * (MEMBERS + 1) + 34;
    private static final int TOP = 52;

    private Picture() {}

    /** Takes the samples' file and the picture's. */
    public static void main(String[] arguments) throws IOException {
        draw(Path.of(arguments[0]), Path.of(arguments[1]));
    }

    static void draw(Path samples, Path picture) throws IOException {
        List<String[]> rows = Files.readAllLines(samples).stream()
                .filter(line -> !line.startsWith("#") && !line.startsWith("ms"))
                .map(line -> line.split(",", -1))
                .toList();
        String head = Files.readAllLines(samples).get(0).replace("# ", "");
        long end = Long.parseLong(rows.get(rows.size() - 1)[0]);
        int strips = (int) (end / STRIP_MILLIS) + 1;
        StringBuilder svg = new StringBuilder();
        svg.append("""
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="11">
                <rect width="100%%" height="100%%" fill="#fff"/>
                <text x="10" y="18" font-size="14">%s</text>
                """.formatted(LEFT + WIDTH + 20, TOP + strips * STRIP, head));
        legend(svg, 10, "#2a7", "answers the pipeline");
        legend(svg, 180, "#fc6", "connected, no answer in 100 ms");
        legend(svg, 400, "#d22", "nobody answers");
        legend(svg, 540, "#dde3f0", "something is done to it");
        for (int strip = 0; strip < strips; strip++) {
            int top = TOP + strip * STRIP;
            for (int member = 1; member <= MEMBERS; member++) {
                svg.append("<text x=\"10\" y=\"%d\">member %d</text>%n".formatted(top + member * ROW - 5, member));
            }
            svg.append("<text x=\"10\" y=\"%d\">no answer</text>%n".formatted(top + (MEMBERS + 1) * ROW - 5));
            for (int second = 0; second <= STRIP_MILLIS / 1_000; second += 10) {
                double x = LEFT + second * 1e3 * WIDTH / STRIP_MILLIS;
                svg.append(
                        "<path d=\"M%.1f %dv%d\" stroke=\"#ddd\"/><text x=\"%.1f\" y=\"%d\" fill=\"#888\">%d s</text>%n"
                                .formatted(
                                        x,
                                        top,
                                        ROW * (MEMBERS + 1),
                                        x - 8,
                                        top + ROW * (MEMBERS + 1) + 12,
                                        strip * STRIP_MILLIS / 1_000 + second));
            }
        }
        for (int member = 1; member <= MEMBERS; member++) {
            int column = (member - 1) * 3 + 1;
            spans(svg, rows, member, row -> row[column + 2], "#dde3f0", 0, true);
            spans(svg, rows, member, row -> state(row, column), "", 5, false);
        }
        spans(svg, rows, MEMBERS + 1, Picture::nobody, "#d22", 5, false);
        svg.append("</svg>\n");
        Files.writeString(picture, svg);
    }

    private static String state(String[] row, int column) {
        return row[column + 1].equals("1") ? "#2a7" : row[column].equals("1") ? "#fc6" : "";
    }

    private static String nobody(String[] row) {
        return row[2].equals("1") || row[5].equals("1") || row[8].equals("1") ? "" : "nobody";
    }

    private interface Words {
        String of(String[] row);
    }

    /** Draws one bar for each run of samples that say the same, parted where a strip ends. */
    private static void spans(
            StringBuilder svg, List<String[]> rows, int place, Words words, String colour, int inset, boolean named) {
        int from = 0;
        for (int i = 1; i <= rows.size(); i++) {
            String before = words.of(rows.get(from));
            boolean ends = i == rows.size()
                    || !words.of(rows.get(i)).equals(before)
                    || millis(rows, i) / STRIP_MILLIS != millis(rows, from) / STRIP_MILLIS;
            if (ends) {
                if (!before.isEmpty()) {
                    long begin = millis(rows, from);
                    long last = i < rows.size() ? millis(rows, i) : millis(rows, i - 1) + 100;
                    bar(
                            svg,
                            begin,
                            last - begin,
                            place,
                            colour.isEmpty() ? before : colour,
                            inset,
                            named ? before : "");
                }
                from = i;
            }
        }
    }

    private static void bar(
            StringBuilder svg, long begin, long length, int place, String colour, int inset, String name) {
        double x = LEFT + (begin % STRIP_MILLIS) * (double) WIDTH / STRIP_MILLIS;
        int y = TOP + (int) (begin / STRIP_MILLIS) * STRIP + (place - 1) * ROW;
        svg.append("<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>%n"
                .formatted(x, y + inset + 1, length * (double) WIDTH / STRIP_MILLIS, ROW - 2 - inset, colour));
        if (!name.isEmpty()) {
            svg.append("<text x=\"%.1f\" y=\"%d\" font-size=\"8\" fill=\"#335\">%s</text>%n"
                    .formatted(x + 1, y + 7, name));
        }
    }

    private static long millis(List<String[]> rows, int i) {
        return Long.parseLong(rows.get(i)[0]);
    }

    private static void legend(StringBuilder svg, int x, String colour, String words) {
        svg.append("<rect x=\"%d\" y=\"28\" width=\"12\" height=\"10\" fill=\"%s\"/><text x=\"%d\" y=\"37\">%s</text>%n"
                .formatted(x, colour, x + 17, words));
    }
}
