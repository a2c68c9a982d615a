package org.currencyroutes.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;

/** Lines over two logarithmic axes as an SVG of its own, to be read on a light page and on a dark one. */
final class Plot {

    private static final int WIDTH = 760;
    private static final int HEIGHT = 420;
    private static final int LEFT = 80;
    private static final int RIGHT = 40;
    private static final int TOP = 70;
    private static final int BOTTOM = 60;
    private static final String STYLE = """
            <style>
              text { font: 13px sans-serif; fill: #24292f }
              .title { font-weight: bold; font-size: 15px }
              .grid { stroke: #d0d7de; stroke-width: 1 }
              .line { fill: none; stroke-width: 2 }
              .s0 { stroke: #0969da } .s1 { stroke: #bc4c00; stroke-dasharray: 8 4 } .s2 { stroke: #1a7f37; stroke-dasharray: 2 4 }
              .page { fill: #ffffff }
              @media (prefers-color-scheme: dark) {
                text { fill: #e6edf3 }
                .grid { stroke: #30363d }
                .s0 { stroke: #58a6ff } .s1 { stroke: #f0883e } .s2 { stroke: #56d364 }
                .page { fill: #0d1117 }
              }
            </style>
            """;

    private final String title;
    private final String across;
    private final String up;
    private final Map<Double, String> ticks = new LinkedHashMap<>();
    private final Map<String, Map<Double, Double>> lines = new LinkedHashMap<>();

    /** Takes what stands above it, and the unit of each axis. */
    Plot(String title, String across, String up) {
        this.title = title;
        this.across = across;
        this.up = up;
    }

    /** Marks a place on the axis that goes across. */
    void tick(double value, String label) {
        ticks.put(value, label);
    }

    /** Adds a line; values that are not positive have no place on a logarithmic axis and are left out. */
    void add(String name, Map<Double, Double> points) {
        lines.put(name, points);
    }

    void write(Path file) throws IOException {
        Axis x = new Axis(ticks.keySet().stream().mapToDouble(tick -> tick).toArray(), LEFT, WIDTH - RIGHT);
        Axis y = new Axis(decades(), HEIGHT - BOTTOM, TOP);
        StringBuilder svg = new StringBuilder(String.format(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\">%n<title>%s</title>%n",
                WIDTH, HEIGHT, title));
        svg.append(STYLE);
        svg.append(String.format("<rect class=\"page\" width=\"%d\" height=\"%d\"/>%n", WIDTH, HEIGHT));
        text(svg, LEFT, 24, "start\" class=\"title", title);
        text(svg, (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 14, "middle", across);
        text(svg, LEFT - 10, TOP - 14, "end", up);
        ticks.forEach((value, label) -> {
            line(svg, x.at(value), TOP, x.at(value), HEIGHT - BOTTOM);
            text(svg, x.at(value), HEIGHT - BOTTOM + 20, "middle", label);
        });
        for (double decade : y.marks()) {
            line(svg, LEFT, y.at(decade), WIDTH - RIGHT, y.at(decade));
            text(svg, LEFT - 10, y.at(decade) + 4, "end", String.format(decade < 1 ? "%.2f" : "%,.0f", decade));
        }
        int number = 0;
        for (Map.Entry<String, Map<Double, Double>> line : lines.entrySet()) {
            svg.append(String.format("<polyline class=\"line s%d\" points=\"", number));
            line.getValue().forEach((across, up) -> {
                if (up > 0) {
                    svg.append(String.format("%.1f,%.1f ", x.at(across), y.at(up)));
                }
            });
            svg.append(String.format("\"/>%n"));
            int legend = LEFT + number * 190;
            svg.append(String.format(
                    "<line class=\"line s%d\" x1=\"%d\" y1=\"46\" x2=\"%d\" y2=\"46\"/>%n",
                    number, legend, legend + 30));
            text(svg, legend + 38, 50, "start", line.getKey());
            number++;
        }
        Files.writeString(file, svg.append(String.format("</svg>%n")));
        System.out.println("written: " + file.normalize());
    }

    /** 1, 2 and 5 times the powers of ten that hold all values between the first and the last. */
    private double[] decades() {
        double[] values = lines.values().stream()
                .flatMap(line -> line.values().stream())
                .mapToDouble(value -> value)
                .filter(value -> value > 0)
                .sorted()
                .toArray();
        double first = values.length == 0 ? 1 : values[0];
        double last = values.length == 0 ? 10 : values[values.length - 1];
        double[] all = IntStream.rangeClosed(-3 * 3, 3 * 8)
                .mapToDouble(i -> new double[] {1, 2, 5}[Math.floorMod(i, 3)] * Math.pow(10, Math.floorDiv(i, 3)))
                .toArray();
        int from = 0;
        while (from + 1 < all.length && all[from + 1] <= first) {
            from++;
        }
        int to = from + 1;
        while (to + 1 < all.length && all[to] < last) {
            to++;
        }
        return Arrays.copyOfRange(all, from, to + 1);
    }

    private static void line(StringBuilder svg, double x1, double y1, double x2, double y2) {
        svg.append(String.format(
                "<line class=\"grid\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>%n", x1, y1, x2, y2));
    }

    private static void text(StringBuilder svg, double x, double y, String anchor, String text) {
        svg.append(String.format("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n", x, y, anchor, text));
    }

    /** A logarithmic axis from its first mark to its last. */
    private record Axis(double[] marks, double from, double to) {

        double at(double value) {
            double first = Math.log(marks[0]);
            double last = Math.log(marks[marks.length - 1]);
            return from + (to - from) * (Math.log(value) - first) / (last - first);
        }
    }
}
