package org.currencyroutes.soak;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Puts three members in network namespaces and harms them, one harm after the other, while a pipeline that all can always
 * reach counts its owners: never two, and none for no longer than promised. {@code src/test/cluster/soak} starts it.
 */
public final class Soak {

    private static final int MEMBERS = 3;
    private static final int PORT = 9_000;

    /** A new owner's first frame so long after the last of the one before it was a time without one; or no frame for */
    private static final long NOTICED_MILLIS = 300;

    /** longer than this, where an owner beats each second. */
    private static final long SILENCE_MILLIS = 1_300;

    /** All three members see one another again, and one owns, so soon after the harm is over. */
    private static final long WHOLE_MILLIS = 30_000;

    /** The same at the start, where three processes warm up at once. */
    private static final long BEGUN_MILLIS = 90_000;

    /** Where there was no majority: another owns so soon after there is one again. */
    private static final long AFTER_NO_MAJORITY_MILLIS = 15_000;

    /** What is done, for how long, and how long there may be no owner while more than half are up and reach one another. */
    private enum Harm {
        KILL("kill -9", 6, 5_000),
        TERM("SIGTERM", 5, 1_000),
        STOP("SIGSTOP", 20, 6_000),
        CUT("cut off", 10, 6_000),
        SPLIT("1|1|1", 10, 6_000),
        PART("two parted", 12, 6_000),
        MUTE("one way", 12, 6_000),
        SLOW("slow, lossy", 14, 6_000);

        private final String words;
        private final int seconds;
        private final long bound;

        Harm(String words, int seconds, long bound) {
            this.words = words;
            this.seconds = seconds;
            this.bound = bound;
        }
    }

    /** One harm that was done, for the table. */
    private static final class Done {
        private final long begin;
        private final Harm harm;
        private final String whom;
        private final int ownerBefore;
        private int ownerAfter;
        private long over;
        private long whole = -1;

        Done(long begin, Harm harm, String whom, int ownerBefore) {
            this.begin = begin;
            this.harm = harm;
            this.whom = whom;
            this.ownerBefore = ownerBefore;
        }
    }

    private record Majority(long millis, boolean here) {}

    private record Gap(long begin, long end, Done after, long counted, long bound) {}

    private final Random random;
    private final boolean brief;
    private final SoakNetwork network;
    private final SoakPipeline pipeline;
    private final List<SoakMember> members = new ArrayList<>();
    private final String[] doing = new String[MEMBERS + 1];
    private final boolean[] down = new boolean[MEMBERS + 1];
    private final boolean[] alone = new boolean[MEMBERS + 1];
    private final boolean[][] parted = new boolean[MEMBERS + 1][MEMBERS + 1];
    private final List<Majority> majorities = new ArrayList<>();
    private final List<Done> done = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();

    private Soak(String prefix, boolean brief, long seed, Path folder) {
        this.brief = brief;
        random = new Random(seed);
        network = new SoakNetwork(prefix, MEMBERS);
        pipeline = new SoakPipeline(
                SoakNetwork.PIPELINE, PORT, MEMBERS, number -> member(number).isPaused());
        String peers = IntStream.rangeClosed(1, MEMBERS)
                .mapToObj(number -> SoakNetwork.address(number) + ":7800")
                .collect(Collectors.joining(","));
        for (int number = 1; number <= MEMBERS; number++) {
            Map<String, String> environment = Map.of(
                    "FX_SOCKET_URL",
                    "ws://" + SoakNetwork.PIPELINE + ":" + PORT + "/pipeline",
                    "FX_RATES_PROVIDERS",
                    "ecb",
                    "FX_CLUSTER",
                    "infinispan",
                    "FX_CLUSTER_ADDRESS",
                    SoakNetwork.address(number),
                    "FX_CLUSTER_PEERS",
                    peers,
                    "FX_CLUSTER_SECRET",
                    "of this soak, " + seed);
            members.add(new SoakMember(number, network.namespace(number), environment, folder));
            doing[number] = "";
        }
    }

    /** Takes the beginning of the namespaces' names, {@code short} or the seconds, the seed, and the folder to write to. */
    public static void main(String[] arguments) throws Exception {
        boolean brief = arguments[1].equals("short");
        long seed = Long.parseLong(arguments[2]);
        Path folder = Path.of(arguments[3]);
        Soak soak = new Soak(arguments[0], brief, seed, folder);
        boolean passed = false;
        try {
            passed = soak.run(brief ? 0 : Integer.parseInt(arguments[1]), seed, folder);
        } finally {
            soak.members.forEach(SoakMember::end);
            soak.pipeline.close();
            System.out.println(passed ? "PASSED" : "FAILED");
        }
        System.exit(passed ? 0 : 1);
    }

    private SoakMember member(int number) {
        return members.get(number - 1);
    }

    private boolean run(int seconds, long seed, Path folder) throws IOException, InterruptedException {
        System.out.printf("seed %d; slow and lossy here is %s%n", seed, network.slowness());
        members.forEach(SoakMember::start);
        Path samples = folder.resolve("soak.csv");
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
        try (PrintWriter csv = new PrintWriter(samples.toFile(), StandardCharsets.UTF_8)) {
            csv.printf("# Three members and a pipeline, harmed one harm at a time; seed %d%n", seed);
            csv.println("ms,connected1,answered1,done1,connected2,answered2,done2,connected3,answered3,done3");
            clock.scheduleAtFixedRate(() -> sample(csv), 0, 100, TimeUnit.MILLISECONDS);
            whole("the start", BEGUN_MILLIS);
            long judgedFrom = pipeline.millis();
            majority();
            harm(judgedFrom + seconds * 1_000L);
            clock.shutdown();
            clock.awaitTermination(1, TimeUnit.SECONDS);
            judge(judgedFrom);
        } finally {
            clock.shutdownNow();
        }
        Picture.draw(samples, folder.resolve("soak.svg"));
        return failures.isEmpty();
    }

    private void harm(long until) throws InterruptedException {
        do {
            List<Harm> round = new ArrayList<>(
                    brief ? List.of(Harm.KILL, Harm.TERM, Harm.STOP, Harm.CUT) : EnumSet.allOf(Harm.class));
            Collections.shuffle(round, random);
            for (Harm harm : round) {
                if (brief || pipeline.millis() < until) {
                    harm(harm);
                }
            }
        } while (!brief && pipeline.millis() < until);
    }

    private void harm(Harm harm) throws InterruptedException {
        int owner = pipeline.owner();
        int one = brief || owner > 0 && random.nextInt(10) < 7 ? owner : 1 + random.nextInt(MEMBERS);
        int other = 1 + (one - 1 + 1 + random.nextInt(MEMBERS - 1)) % MEMBERS;
        String whom =
                switch (harm) {
                    case SPLIT -> "all";
                    case PART -> one + " and " + other;
                    case MUTE -> one + " to " + other;
                    default -> Integer.toString(one);
                };
        Done now = new Done(pipeline.millis(), harm, whom, owner);
        synchronized (this) {
            done.add(now);
        }
        System.out.printf("%8.1f s  %s: %s%s%n", now.begin / 1e3, harm.words, whom, one == owner ? " (the owner)" : "");
        begin(harm, one, other);
        long end = System.nanoTime() + (brief ? Math.min(harm.seconds, 5) : harm.seconds) * 1_000_000_000L;
        while (System.nanoTime() < end) {
            if (harm == Harm.SLOW && !network.hasNetem()) {
                network.cut(one, true);
                Thread.sleep(50 + random.nextInt(250));
                network.cut(one, false);
            }
            Thread.sleep(50 + random.nextInt(700));
        }
        end(harm, one, other);
        now.over = pipeline.millis();
        whole(harm.words + " of " + whom, WHOLE_MILLIS);
        now.whole = pipeline.millis();
        now.ownerAfter = pipeline.owner();
    }

    private void begin(Harm harm, int one, int other) {
        for (int number = 1; number <= MEMBERS; number++) {
            boolean second = (harm == Harm.PART || harm == Harm.MUTE) && number == other;
            doing[number] = harm == Harm.SPLIT || number == one || second ? harm.words : "";
        }
        switch (harm) {
            case KILL -> member(one).signal("KILL");
            case TERM -> member(one).signal("TERM");
            case STOP -> member(one).signal("STOP");
            default -> harmNetwork(harm, one, other, true);
        }
        down[one] = harm == Harm.KILL || harm == Harm.TERM || harm == Harm.STOP;
        alone[one] = harm == Harm.CUT;
        if (harm == Harm.SPLIT) {
            Arrays.fill(alone, true);
        }
        parted[one][other] = harm == Harm.PART || harm == Harm.MUTE;
        majority();
    }

    private void end(Harm harm, int one, int other) throws InterruptedException {
        switch (harm) {
            case KILL -> member(one).start();
            case TERM -> {
                if (member(one).isAlive()) {
                    // its time for what is in hand is not over; ten seconds are promised
                    Thread.sleep(6_000);
                }
                if (member(one).isAlive()) {
                    fail("member %d did not end within 10 s of SIGTERM".formatted(one));
                    member(one).signal("KILL");
                }
                member(one).start();
            }
            case STOP -> member(one).signal("CONT");
            default -> harmNetwork(harm, one, other, false);
        }
        Arrays.fill(alone, false);
        parted[one][other] = false;
        doing[other] = "";
        if (harm == Harm.SPLIT) {
            Arrays.fill(doing, "");
        }
        doing[one] = down[one] ? "up again" : "";
        majority();
    }

    private void harmNetwork(Harm harm, int one, int other, boolean on) {
        switch (harm) {
            case CUT -> network.cut(one, on);
            case SPLIT -> IntStream.rangeClosed(1, MEMBERS).forEach(number -> network.cut(number, on));
            case PART -> network.part(one, other, on);
            case MUTE -> network.mute(one, other, on);
            case SLOW -> network.slow(one, on);
            default -> throw new IllegalArgumentException(harm + " is done to a process");
        }
    }

    /** Waits until all see one another and one of them has owned for three seconds. */
    private void whole(String after, long most) throws InterruptedException {
        long end = pipeline.millis() + most;
        long since = -1;
        int owner = 0;
        while (pipeline.millis() < end) {
            boolean whole = pipeline.owner() > 0
                    && members.stream().allMatch(member -> member.isAlive() && member.members() == MEMBERS);
            if (!whole || owner != pipeline.owner()) {
                since = -1;
                owner = pipeline.owner();
            } else if (since < 0) {
                since = pipeline.millis();
            } else if (pipeline.millis() - since >= 3_000) {
                Arrays.fill(down, false);
                Arrays.fill(doing, "");
                majority();
                return;
            }
            Thread.sleep(50);
        }
        fail("%d s after %s the members are not whole again: %s, alive %s, owner %d"
                .formatted(
                        most / 1_000,
                        after,
                        members.stream().map(SoakMember::members).toList(),
                        members.stream().map(SoakMember::isAlive).toList(),
                        pipeline.owner()));
        if (pipeline.owner() == 0 && after.equals("the start")) {
            throw new IllegalStateException("the cluster did not start");
        }
    }

    private void fail(String words) {
        failures.add(words);
        System.out.printf("%8.1f s  NOT ALLOWED: %s%n", pipeline.millis() / 1e3, words);
    }

    /** Notes whether two members are up and reach one another, both ways. */
    private void majority() {
        boolean here = false;
        for (int one = 1; one <= MEMBERS; one++) {
            for (int other = one + 1; other <= MEMBERS; other++) {
                here |= !down[one]
                        && !down[other]
                        && !alone[one]
                        && !alone[other]
                        && !parted[one][other]
                        && !parted[other][one];
            }
        }
        majorities.add(new Majority(pipeline.millis(), here));
    }

    private void sample(PrintWriter csv) {
        StringBuilder line = new StringBuilder().append(pipeline.millis());
        for (int number = 1; number <= MEMBERS; number++) {
            boolean[] seen = pipeline.look(number);
            line.append(',').append(seen[0] ? 1 : 0).append(',').append(seen[1] ? 1 : 0);
            line.append(',').append(doing[number].replace(',', ';'));
        }
        csv.println(line);
        csv.flush();
    }

    private void judge(long from) {
        List<Gap> gaps = gaps(from);
        System.out.printf(
                "%n%9s  %-12s %-10s %-9s %-15s %-13s %-13s %s%n",
                "at", "done", "to", "owner", "without owner", "without answer", "at the most", "whole again after");
        for (Done each : done) {
            long longest = gaps.stream()
                    .filter(gap -> gap.after() == each)
                    .mapToLong(gap -> gap.end() - gap.begin())
                    .max()
                    .orElse(0);
            System.out.printf(
                    "%7.1f s  %-12s %-10s %d to %d    %8.1f s     %8.1f s     %7.1f s    %8.1f s%n",
                    each.begin / 1e3,
                    each.harm.words,
                    each.whom,
                    each.ownerBefore,
                    each.ownerAfter,
                    longest / 1e3,
                    withoutAnswer(each.begin - 200, each.whole < 0 ? pipeline.millis() : each.whole) / 1e3,
                    each.harm.bound / 1e3,
                    (each.whole - each.over) / 1e3);
        }
        System.out.printf("%nLongest without an owner, while more than half were up and reached one another:%n");
        for (Harm harm : Harm.values()) {
            long times = done.stream().filter(each -> each.harm == harm).count();
            if (times > 0) {
                System.out.printf(
                        "  %-12s %2d times, %4.1f s of %4.1f s allowed%n",
                        harm.words,
                        times,
                        gaps.stream()
                                        .filter(gap -> gap.after() != null
                                                && gap.after().harm == harm
                                                && gap.bound() < AFTER_NO_MAJORITY_MILLIS)
                                        .mapToLong(Gap::counted)
                                        .max()
                                        .orElse(0)
                                / 1e3,
                        harm.bound / 1e3);
            }
        }
        System.out.printf(
                "  after a time without such a majority: %.1f s of %.1f s allowed%n",
                gaps.stream()
                                .filter(gap -> gap.bound() >= AFTER_NO_MAJORITY_MILLIS)
                                .mapToLong(Gap::counted)
                                .max()
                                .orElse(0)
                        / 1e3,
                AFTER_NO_MAJORITY_MILLIS / 1e3);
        gaps.stream()
                .filter(gap -> gap.counted() > gap.bound())
                .forEach(gap -> fail(
                        "no owner from %.1f s to %.1f s, of that %.1f s with a majority: %.1f s are allowed after %s"
                                .formatted(
                                        gap.begin() / 1e3,
                                        gap.end() / 1e3,
                                        gap.counted() / 1e3,
                                        gap.bound() / 1e3,
                                        gap.after() == null ? "nothing" : gap.after().harm.words)));
        pipeline.offences().forEach(offence -> failures.add(offence.words()));
        System.out.printf(
                "%n%s%n%d harms, %d things that must not be%n", pipeline.figures(), done.size(), failures.size());
        failures.forEach(words -> System.out.println("  " + words));
    }

    /** The times without an owner; of each, what counts is the longest part with a majority, against the bound for it. */
    private List<Gap> gaps(long from) {
        List<Gap> gaps = new ArrayList<>();
        List<SoakPipeline.Sign> signs = new ArrayList<>(pipeline.signs());
        signs.add(new SoakPipeline.Sign(pipeline.millis(), true));
        long last = from;
        for (SoakPipeline.Sign sign : signs) {
            if (sign.millis() - last >= (sign.first() ? NOTICED_MILLIS : SILENCE_MILLIS)) {
                gaps.add(gap(last, sign.millis()));
            }
            last = Math.max(last, sign.millis());
        }
        return gaps;
    }

    /** The longest time without an answer that began between the two. */
    private long withoutAnswer(long from, long until) {
        long longest = 0;
        long last = from;
        for (long answer : pipeline.answers()) {
            if (last >= from && last < until) {
                longest = Math.max(longest, answer - last);
            }
            last = Math.max(last, answer);
        }
        return longest;
    }

    private Gap gap(long begin, long end) {
        Done after = null;
        for (Done each : done) {
            after = each.begin <= begin + NOTICED_MILLIS ? each : after;
        }
        boolean interrupted = false;
        long counted = 0;
        // the short form runs on whatever machine tests run on
        long slack = brief ? 500 : 0;
        long bound = slack + (after == null ? 0 : after.harm.bound);
        for (int i = 0; i < majorities.size(); i++) {
            long since = Math.max(begin, majorities.get(i).millis());
            long until = i + 1 < majorities.size()
                    ? Math.min(end, majorities.get(i + 1).millis())
                    : end;
            while (i + 1 < majorities.size()
                    && majorities.get(i).here()
                    && majorities.get(i + 1).here()) {
                i++;
                until = i + 1 < majorities.size()
                        ? Math.min(end, majorities.get(i + 1).millis())
                        : end;
            }
            if (until > since && !majorities.get(i).here()) {
                interrupted = true;
            } else if (until - since > counted) {
                counted = until - since;
                bound = interrupted ? AFTER_NO_MAJORITY_MILLIS : bound;
            }
        }
        return new Gap(begin, end, after, counted, bound);
    }
}
