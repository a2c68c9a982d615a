package org.currencyroutes.cluster;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Members of a cluster in simulated time, each with a clock of its own, on a network that does what it is told to. */
final class SimulatedCluster {

    private static final int LOOK = 50;
    private static final int STEP = 5;

    /** One process; another one at the same address is another member. */
    private final class Process {

        final int place;
        final String id;
        final long began = millis;
        // clocks that begin anywhere and go at other rates
        final long offset = random.nextLong() >> 2;
        final double rate = 1 + (random.nextDouble() - 0.5) * skew;
        final Leases leases;
        final List<Notice> unread = new ArrayList<>();
        final Map<String, Long> closing = new TreeMap<>();
        final Set<String> connected = new TreeSet<>();
        long nextLook = millis + random.nextInt(LOOK);
        long pausedUntil;
        long lostUntil;

        Process(int place) {
            this.place = place;
            id = address(place) + "/" + ++processes;
            leases = new Leases(id, listed, () -> offset + (long) (TimeUnit.MILLISECONDS.toNanos(millis) * rate));
        }

        boolean isPaused() {
            return millis < pausedUntil;
        }

        void run() {
            if (isPaused() || millis < nextLook) {
                return;
            }
            nextLook = millis + LOOK + random.nextInt(10);
            if (millis - began > 500) {
                leases.want(pipelines);
                leases.open();
            }
            leases.look(unread);
            unread.clear();
            for (String pipeline : pipelines) {
                boolean owns = leases.isOwner(pipeline) && !leases.isGivenUp(pipeline);
                if (owns && !closing.containsKey(pipeline)) {
                    connected.add(pipeline);
                } else if (connected.remove(pipeline)) {
                    leases.giveUp(pipeline);
                    closing.put(pipeline, millis + random.nextInt(400));
                } else if (closing.getOrDefault(pipeline, 0L) <= millis) {
                    closing.remove(pipeline);
                    leases.letGo(pipeline);
                }
            }
            leases.next().ifPresent(notice -> send(this, notice));
        }
    }

    private record Message(long at, int from, int to, Notice notice) {}

    private final Random random;
    private final Set<String> pipelines;
    private final Set<String> listed;
    private final double skew;
    private final Map<Integer, Process> running = new TreeMap<>();
    private final Queue<Message> onTheWay = new PriorityQueue<>(Comparator.comparing(Message::at));
    private final Map<Integer, Integer> side = new HashMap<>();
    private int processes;
    private long millis;
    private int delay = 30;
    private double loss;

    /** That many members which have that many pipelines, and know one another's addresses or are on one machine. */
    SimulatedCluster(long seed, int members, int pipelines, boolean listed, double skew) {
        random = new Random(seed);
        this.skew = skew;
        this.pipelines =
                IntStream.range(0, pipelines).mapToObj(i -> "p" + i).collect(Collectors.toCollection(TreeSet::new));
        this.listed = listed
                ? IntStream.range(0, members)
                        .mapToObj(SimulatedCluster::address)
                        .collect(Collectors.toSet())
                : Set.of();
        IntStream.range(0, members).forEach(place -> running.put(place, new Process(place)));
    }

    private static String address(int place) {
        return "10.0.0." + (place + 1) + ":7800";
    }

    private void send(Process from, Notice notice) {
        for (Process to : running.values()) {
            boolean lost = random.nextDouble() < loss || millis < from.lostUntil || millis < to.lostUntil;
            if (to != from && !lost) {
                onTheWay.add(new Message(millis + 1 + random.nextInt(delay), from.place, to.place, notice));
            }
        }
    }

    /** Lets so many milliseconds pass, and fails as soon as there are two owners. */
    void pass(long time) {
        for (long end = millis + time; millis < end; millis += STEP) {
            deliver();
            running.values().forEach(Process::run);
            for (String pipeline : pipelines) {
                Set<String> owners = owners(pipeline);
                if (owners.size() > 1) {
                    throw new AssertionError("after " + millis + " ms " + pipeline + " has the owners " + owners);
                }
            }
        }
    }

    private void deliver() {
        while (!onTheWay.isEmpty() && onTheWay.peek().at() <= millis) {
            Message message = onTheWay.poll();
            Process to = running.get(message.to());
            if (to != null && side.getOrDefault(message.from(), 0).equals(side.getOrDefault(message.to(), 0))) {
                if (to.isPaused()) {
                    onTheWay.add(new Message(to.pausedUntil, message.from(), message.to(), message.notice()));
                } else {
                    to.unread.add(message.notice());
                }
            }
        }
    }

    /** Who may write to the pipeline at this moment, also one that is paused. */
    Set<String> owners(String pipeline) {
        return running.values().stream()
                .filter(process -> process.leases.isOwner(pipeline))
                .map(process -> process.id)
                .collect(Collectors.toSet());
    }

    /** How many pipelines each member owns, in the order of their places. */
    List<Long> loads() {
        return running.values().stream()
                .map(process ->
                        pipelines.stream().filter(process.leases::isOwner).count())
                .toList();
    }

    /** The place of a pipeline's owner, or -1. */
    int ownerOf(String pipeline) {
        return running.values().stream()
                .filter(process -> process.leases.isOwner(pipeline))
                .map(process -> process.place)
                .findFirst()
                .orElse(-1);
    }

    /** Ends a process at once; where another begins is for {@link #begin} to say. */
    void kill(int place) {
        running.remove(place);
    }

    /** Begins a process where there is none. */
    void begin(int place) {
        running.putIfAbsent(place, new Process(place));
    }

    /** Has a process leave as when it is told to terminate. */
    void leave(int place) {
        Process process = running.remove(place);
        process.leases.leave();
        pipelines.forEach(process.leases::letGo);
        process.leases.next().ifPresent(notice -> send(process, notice));
    }

    /** Pauses a process; after a long pause it is lost to the others for a while, and they to it. */
    void pause(int place, long time) {
        Process process = running.get(place);
        if (process != null) {
            process.pausedUntil = millis + time;
            process.lostUntil = time > 3_000 ? millis + time + random.nextInt(4_000) : 0;
        }
    }

    /** Cuts some members off from the others. */
    void cut(Integer... places) {
        side.clear();
        new HashSet<>(List.of(places)).forEach(place -> side.put(place, 1));
    }

    /** From now on messages take up to so long, and this part of them is lost. */
    void disturb(int delay, double loss) {
        this.delay = delay;
        this.loss = loss;
    }

    /** One thing that goes wrong, or an end of it; members on one machine have no network between them to go wrong. */
    void mishap() {
        int place = random.nextInt(listed.isEmpty() ? running.size() + 1 : listed.size());
        switch (random.nextInt(listed.isEmpty() ? 3 : 6)) {
            case 0 -> kill(place);
            case 1 -> begin(place);
            case 2 -> pause(place);
            case 3 -> cut(place, random.nextInt(5));
            case 4 -> cut();
            default -> disturb(1 + random.nextInt(random.nextBoolean() ? 50 : 5_000), random.nextDouble() * 0.5);
        }
    }

    private void pause(int place) {
        boolean brief = random.nextInt(10) < 8;
        int time = brief ? random.nextInt(2_500) : random.nextInt(20_000);
        pause(place, time);
        if (!brief && listed.isEmpty()) {
            // without a majority to ask, those that lost one another have to find one another before the next mishap
            pass(time + 10_000);
        }
    }
}
