package org.currencyroutes.soak;

import java.util.ArrayList;
import java.util.List;

/**
 * The members' two networks, made of bridges: the one to the pipeline is never touched; from the one among the members each
 * can be taken away. Each member is in a namespace of its own; the pipeline and both bridges are in this process's.
 */
final class SoakNetwork {

    static final String PIPELINE = "10.77.1.254";

    private final String prefix;
    private final int members;
    private final boolean netem;

    /** Takes the beginning of the members' namespaces' names, which exist, and makes the networks. */
    SoakNetwork(String prefix, int members) {
        this.prefix = prefix;
        this.members = members;
        ip("link set lo up");
        ip("link add brp type bridge");
        ip("addr add " + PIPELINE + "/24 dev brp");
        ip("link set brp up");
        ip("link add brc type bridge");
        ip("link set brc up");
        for (int member = 1; member <= members; member++) {
            String space = namespace(member);
            inside(member, "link set lo up");
            ip("link add p" + member + " type veth peer name pipeline netns " + space);
            ip("link add c" + member + " type veth peer name cluster netns " + space);
            inside(member, "addr add 10.77.1." + member + "/24 dev pipeline");
            inside(member, "addr add " + address(member) + "/24 dev cluster");
            inside(member, "link set pipeline up");
            inside(member, "link set cluster up");
            ip("link set p" + member + " master brp up");
            ip("link set c" + member + " master brc up");
        }
        netem = Commands.attempt("tc", "qdisc", "add", "dev", "c1", "root", "netem", "delay", "1ms");
        if (netem) {
            tc("c1", "del");
        }
    }

    String namespace(int member) {
        return prefix + member;
    }

    static String address(int member) {
        return "10.77.2." + member;
    }

    /** What slow and lossy means on this machine. */
    String slowness() {
        return netem
                ? "netem: each packet 60-140 ms late each way, one in five lost"
                : "no netem in this kernel: 96 kbit/s each way with what is beyond it dropped (tbf), and nothing at all for"
                        + " 50-300 ms again and again";
    }

    /** Takes a member from the network among the members, without a word to anybody; or puts it back. */
    void cut(int member, boolean cut) {
        ip("link set c" + member + (cut ? " nomaster" : " master brc"));
        if (!cut) {
            ip("link set c" + member + " up");
        }
    }

    /** Lets two members not reach one another, while the third reaches both; or lets them again. */
    void part(int one, int other, boolean parted) {
        for (int member : List.of(one, other)) {
            Commands.run("bridge", "link", "set", "dev", "c" + member, "isolated", parted ? "on" : "off");
        }
    }

    /** Lets a member not send to another, while the other sends to it; or lets it again. */
    void mute(int from, int to, boolean muted) {
        inside(from, "route " + (muted ? "add" : "del") + " unreachable " + address(to) + "/32");
    }

    /** Makes what goes to and from a member slow, and loses some of it; or no longer. */
    void slow(int member, boolean slow) {
        String[] how = !slow
                ? new String[0]
                : netem
                        ? new String[] {"netem", "delay", "100ms", "40ms", "loss", "20%"}
                        : new String[] {"tbf", "rate", "96kbit", "burst", "3000", "latency", "150ms"};
        tc("c" + member, slow ? "add" : "del", how);
        List<String> inside = new ArrayList<>(List.of("ip", "netns", "exec", namespace(member)));
        inside.addAll(qdisc("cluster", slow ? "add" : "del", how));
        Commands.run(inside.toArray(String[]::new));
    }

    boolean hasNetem() {
        return netem;
    }

    int members() {
        return members;
    }

    private static void tc(String device, String verb, String... how) {
        Commands.run(qdisc(device, verb, how).toArray(String[]::new));
    }

    private static List<String> qdisc(String device, String verb, String... how) {
        List<String> command = new ArrayList<>(List.of("tc", "qdisc", verb, "dev", device, "root"));
        command.addAll(List.of(how));
        return command;
    }

    private static void ip(String words) {
        Commands.run(("ip " + words).split(" "));
    }

    private void inside(int member, String words) {
        Commands.run(("ip -n " + namespace(member) + " " + words).split(" "));
    }
}
