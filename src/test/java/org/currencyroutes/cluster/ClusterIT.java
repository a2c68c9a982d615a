package org.currencyroutes.cluster;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.currencyroutes.peer.Distribution;
import org.currencyroutes.peer.TradingPipeline;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Processes of the built distribution that form a cluster on this machine. */
@Timeout(150)
class ClusterIT {

    private static final String REQUEST =
            "{\"type\":\"message\",\"id\":7,\"payload\":{\"stake\":100,\"currency\":\"EUR\",\"date\":\"2021-05-18\"}}";
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration FAILOVER = Duration.ofSeconds(5);
    // what this machine may be late by when it has much else to do
    private static final Duration SLACK = Duration.ofSeconds(10);

    private TradingPipeline pipeline;
    private final List<Integer> clusterPorts = new ArrayList<>();
    private final List<Integer> managementPorts = new ArrayList<>();
    private final List<Distribution> members = new ArrayList<>();

    @BeforeEach
    void startPipeline() {
        pipeline = new TradingPipeline();
    }

    @AfterEach
    void stop() {
        members.forEach(Distribution::close);
        pipeline.close();
    }

    private Map<String, String> environment(int member, String secret) {
        return new HashMap<>(Map.of(
                "FX_SOCKET_URL", pipeline.url(),
                "FX_RATES_PROVIDERS", "ecb",
                "FX_CLUSTER", "infinispan",
                "FX_CLUSTER_PORT", clusterPorts.get(member).toString(),
                "FX_CLUSTER_PEERS",
                        clusterPorts.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(",")),
                "FX_CLUSTER_SECRET", secret,
                "CAMEL_MANAGEMENT_PORT", managementPorts.get(member).toString()));
    }

    private void start(int count, String... secrets) {
        for (int i = 0; i < count; i++) {
            clusterPorts.add(TradingPipeline.freePort());
            managementPorts.add(TradingPipeline.freePort());
        }
        for (int i = 0; i < count; i++) {
            members.add(new Distribution(environment(i, secrets[i % secrets.length])));
        }
    }

    private Optional<String> asked(int member, String path) {
        try {
            URI uri = URI.create("http://127.0.0.1:" + managementPorts.get(member) + path);
            return Optional.of(HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(uri)
                                    .timeout(Duration.ofSeconds(1))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body());
        } catch (IOException e) {
            // it is not there yet, or paused
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private boolean shows(int member, String metric) {
        return asked(member, "/observe/metrics")
                .filter(body -> body.lines().anyMatch(metric::equals))
                .isPresent();
    }

    private int awaitOwner(Duration patience) {
        return await().atMost(patience)
                .until(this::owners, owners -> owners.size() == 1 && pipeline.open() > 0)
                .iterator()
                .next();
    }

    private Set<Integer> owners() {
        return IntStream.range(0, members.size())
                .filter(member -> shows(member, "fx_cluster_owner{pipeline=\"main\"} 1.0"))
                .boxed()
                .collect(Collectors.toSet());
    }

    private String outputs() {
        return members.stream().map(Distribution::output).collect(Collectors.joining("\n\n"));
    }

    /** How long after a moment the first heartbeat came on a connection that was made after it. */
    private Duration untilConnectedAgain(int connections, long from) {
        await().atMost(FAILOVER.plus(SLACK))
                .until(() -> !pipeline.heartbeats(connections + 1).isEmpty());
        return Duration.ofNanos(pipeline.heartbeats(connections + 1).get(0).nanoTime() - from);
    }

    @Test
    void oneOfThreeProcessesIsConnectedWhicheverIsKilledOrPausedOrLeaves() {
        start(3, "a secret");
        int owner = awaitOwner(START);
        await().atMost(START).until(() -> shows(0, "fx_cluster_members 3.0") && shows(2, "fx_cluster_members 3.0"));
        assertEquals(1, pipeline.mostOpen());
        int standby = (owner + 1) % 3;
        String health = await().until(() -> asked(standby, "/observe/health/ready?data=true"), Optional::isPresent)
                .orElseThrow();
        assertTrue(health.contains("\"owner\":false"), health);
        assertTrue(health.contains("\"status\":\"UP\"") && !health.contains("\"status\":\"DOWN\""), health);

        // killed
        int connections = pipeline.connections();
        long killed = System.nanoTime();
        members.get(owner).signal("KILL");
        Duration away = untilConnectedAgain(connections, killed);
        assertTrue(away.compareTo(FAILOVER.plus(SLACK)) < 0, away::toString);
        assertEquals(1, pipeline.mostOpen(), this::outputs);
        members.set(owner, new Distribution(environment(owner, "a secret")));
        await().atMost(START).until(() -> shows(0, "fx_cluster_members 3.0") && shows(2, "fx_cluster_members 3.0"));

        // told to leave
        owner = awaitOwner(START);
        connections = pipeline.connections();
        members.get(owner).terminate();
        members.get(owner).exitStatus();
        untilConnectedAgain(connections, System.nanoTime());
        assertEquals(1, pipeline.mostOpen(), this::outputs);
        members.set(owner, new Distribution(environment(owner, "a secret")));
        await().atMost(START).until(() -> shows(0, "fx_cluster_members 3.0") && shows(2, "fx_cluster_members 3.0"));

        // paused
        owner = awaitOwner(START);
        connections = pipeline.connections();
        members.get(owner).signal("STOP");
        long paused = System.nanoTime();
        pipeline.send(REQUEST);
        untilConnectedAgain(connections, paused);
        assertEquals(2, pipeline.open(), this::outputs);
        members.get(owner).signal("CONT");
        await().atMost(SLACK).until(() -> pipeline.open() == 1);
        int awoken = connections;
        assertEquals(
                List.of(),
                pipeline.frames().stream()
                        .filter(frame -> frame.connection() == awoken
                                // it may have been writing while it was told to stop
                                && frame.nanoTime()
                                        > paused + Duration.ofMillis(500).toNanos())
                        .toList());
        await().atMost(START).until(() -> shows(0, "fx_cluster_members 3.0") && shows(2, "fx_cluster_members 3.0"));
        assertEquals(connections + 1, pipeline.connections(), this::outputs);
        assertFalse(outputs().contains("a secret"), this::outputs);
    }

    @Test
    void withDifferentSecretsTheyDoNotMeetAndNeitherHasAMajority() {
        start(2, "a secret", "another");

        await().atMost(START).until(() -> members.stream()
                .allMatch(member -> member.output().contains("Not more than half of fx.cluster.peers are here")));
        await().atMost(START).until(() -> shows(0, "fx_cluster_members 1.0") && shows(1, "fx_cluster_members 1.0"));
        // a lease later, and the time in which members find one another
        await().pollDelay(Duration.ofSeconds(6)).until(() -> true);

        assertEquals(0, pipeline.connections(), this::outputs);
        assertTrue(shows(0, "fx_cluster_members 1.0") && shows(1, "fx_cluster_members 1.0"), this::outputs);
        assertFalse(outputs().contains("\tat "), this::outputs);
    }

    @Test
    void itsPortIsBoundToTheGivenAddressAlone() throws IOException {
        start(1, "");
        await().atMost(START).until(() -> shows(0, "fx_cluster_members 1.0"));

        int port = clusterPorts.get(0);
        try (Socket there = new Socket("127.0.0.1", port)) {
            assertTrue(there.isConnected());
        }
        assertThrows(ConnectException.class, () -> new Socket("127.0.0.2", port).close());
        // one process that is all of the members has a majority
        await().atMost(START).until(() -> pipeline.open() == 1);
    }

    @ParameterizedTest
    @CsvSource({
        "FX_CLUSTER, zookeeper, fx.cluster",
        "FX_CLUSTER_ADDRESS, 0.0.0.0, fx.cluster.address",
        "FX_CLUSTER_PORT, 70000, fx.cluster.port",
        "FX_CLUSTER_PEERS, nowhere, fx.cluster.peers",
        "FX_CLUSTER_SECRET_FILE, nowhere.txt, fx.cluster.secret"
    })
    void endsWithStatusTwoAndOneSentenceThatNamesTheWrongSetting(String variable, String value, String property) {
        assertRefused(Map.of(variable, value), property);
    }

    @Test
    void refusesAnAddressThatOthersReachWithoutASecret() throws IOException {
        Optional<String> address = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(each -> !each.isLoopbackAddress() && !each.isLinkLocalAddress())
                .map(InetAddress::getHostAddress)
                .findFirst();
        assumeTrue(address.isPresent(), "there is no other address than loopback");

        assertRefused(Map.of("FX_CLUSTER_ADDRESS", address.get(), "FX_CLUSTER_SECRET", ""), "fx.cluster.secret");
    }

    @Test
    void refusesAPortThatIsTakenWherePeersAreToFindItThere() throws IOException {
        try (var taken = new ServerSocket()) {
            taken.bind(new InetSocketAddress("127.0.0.1", 0));
            int port = taken.getLocalPort();
            assertRefused(
                    Map.of("FX_CLUSTER_PORT", Integer.toString(port), "FX_CLUSTER_PEERS", "127.0.0.1:" + port),
                    "fx.cluster.port");
        }
    }

    private void assertRefused(Map<String, String> settings, String property) {
        clusterPorts.add(TradingPipeline.freePort());
        managementPorts.add(TradingPipeline.freePort());
        Map<String, String> environment = environment(0, "");
        environment.putAll(settings);
        Distribution member = new Distribution(environment);
        members.add(member);

        assertEquals(2, member.exitStatus(), member::output);
        assertEquals(
                1,
                member.output()
                        .lines()
                        .filter(line -> line.startsWith(property) && line.contains("(environment variable FX_CLUSTER"))
                        .count(),
                member::output);
        assertFalse(member.output().contains("\tat "), member::output);
    }

    @Test
    void itsLibrariesAreApartFromThePlainOnes() throws IOException {
        Set<String> plain = names(Path.of("target/currency-routes/lib"));
        Set<String> cluster = names(Path.of("target/currency-routes/lib/cluster"));

        assertTrue(
                plain.stream().noneMatch(name -> name.matches("(infinispan|jgroups|protostream).*")), plain::toString);
        assertTrue(cluster.stream().anyMatch(name -> name.startsWith("infinispan-core")), cluster::toString);
        Set<String> both = plain.stream()
                .map(ClusterIT::artifact)
                .filter(cluster.stream().map(ClusterIT::artifact).collect(Collectors.toSet())::contains)
                .collect(Collectors.toSet());
        assertEquals(Set.of(), both);
    }

    private static String artifact(String jar) {
        return jar.replaceFirst("-[0-9].*", "");
    }

    private static Set<String> names(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".jar"))
                    .collect(Collectors.toSet());
        }
    }
}
