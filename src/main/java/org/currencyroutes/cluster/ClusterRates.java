package org.currencyroutes.cluster;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.spi.ThreadPoolProfile;
import org.currencyroutes.rates.RateTable;
import org.currencyroutes.rates.Rates;
import org.currencyroutes.rates.SharedRates;
import org.infinispan.AdvancedCache;
import org.infinispan.configuration.cache.CacheMode;
import org.infinispan.configuration.cache.ConfigurationBuilder;
import org.infinispan.context.Flag;
import org.infinispan.eviction.EvictionStrategy;
import org.infinispan.manager.EmbeddedCacheManager;
import org.infinispan.notifications.Listener;
import org.infinispan.notifications.Listener.Observation;
import org.infinispan.notifications.cachelistener.annotation.CacheEntryCreated;
import org.infinispan.notifications.cachelistener.annotation.CacheEntryModified;
import org.infinispan.notifications.cachelistener.annotation.CacheEntryRemoved;
import org.infinispan.notifications.cachelistener.event.CacheEntryEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rates that the members of a cluster have in common, of which each has a copy. A member that needs a table that is
 * not there claims its load, and the others wait for it; if it fails, or is gone, they take turns, each once. A member that
 * the cluster leaves without an answer for half a second goes on by itself.
 *
 * <p>A table's age is told by the ticker of the member that reads it, from when it came there. Only of one that was there
 * before the member joined is it told by the clocks of the two.
 */
@Listener(observation = Observation.POST)
public final class ClusterRates implements SharedRates, CamelContextAware {

    private static final long LOOK_MILLIS = 25;
    private static final Duration PATIENCE = Duration.ofMillis(500);

    private static final Logger LOG = LoggerFactory.getLogger(ClusterRates.class);

    /** When a text came, and how old its table was then. */
    private record Arrival(String text, long at, Duration age) {}

    private final EmbeddedCacheManager members;
    private final Rates rates;
    private final Duration deadline;
    private final Duration patience;
    private final Clock clock;
    private final Ticker ticker;
    private final String self;
    private final AdvancedCache<String, String> tables;
    // who loads a table, by the same key
    private final AdvancedCache<String, String> claims;
    private final Cache<String, Arrival> arrivals;
    private final Map<String, CompletableFuture<?>> drops = new ConcurrentHashMap<>();
    private CamelContext camelContext;
    private ScheduledExecutorService thread;

    /**
     * Takes the caches of the cluster, this member's own rates, at most how many tables are held, how long a load may take,
     * and the clock to tell times by.
     */
    public ClusterRates(EmbeddedCacheManager members, Rates rates, long size, Duration deadline, Clock clock) {
        this(members, rates, size, deadline, PATIENCE, clock, Ticker.systemTicker());
    }

    ClusterRates(
            EmbeddedCacheManager members,
            Rates rates,
            long size,
            Duration deadline,
            Duration patience,
            Clock clock,
            Ticker ticker) {
        this.members = members;
        this.rates = rates;
        this.deadline = deadline;
        this.patience = patience;
        this.clock = clock;
        this.ticker = ticker;
        this.self = members.getAddress().getNodeUUID().toString();
        this.arrivals = Caffeine.newBuilder().maximumSize(size).build();
        this.tables = cache("fx-rates", size);
        this.claims = cache("fx-rates-claims", size);
        tables.addListener(this);
    }

    private AdvancedCache<String, String> cache(String name, long size) {
        ConfigurationBuilder replicated = new ConfigurationBuilder();
        replicated.clustering().cacheMode(CacheMode.REPL_SYNC).stateTransfer().awaitInitialTransfer(false);
        replicated.memory().maxCount(size).whenFull(EvictionStrategy.REMOVE);
        members.defineConfiguration(name, replicated.build());
        return members.<String, String>getCache(name).getAdvancedCache();
    }

    @Override
    public CamelContext getCamelContext() {
        return camelContext;
    }

    /** From now on the rates are shared. */
    @Override
    public void setCamelContext(CamelContext camelContext) {
        this.camelContext = camelContext;
        ThreadPoolProfile one = new ThreadPoolProfile("fx-cluster-rates");
        one.setPoolSize(1);
        one.setMaxQueueSize(Integer.MAX_VALUE);
        thread = camelContext.getExecutorServiceManager().newScheduledThreadPool(this, "fx-cluster-rates", one);
        rates.share(this);
    }

    @Override
    public CompletableFuture<Optional<Fetched>> find(String key, Duration maxAge, Duration waiting) {
        Search search = new Search(key, maxAge, ticker.read() + waiting.toNanos());
        search.lookIn(0);
        return search.found;
    }

    @Override
    public void loaded(String key, Optional<RateTable> table) {
        try {
            thread.execute(() -> tell(key, table));
        } catch (RejectedExecutionException e) {
            LOG.debug("The rates of {} are not shared: the application has stopped", key);
        }
    }

    private void tell(String key, Optional<RateTable> table) {
        try {
            table.<CompletableFuture<?>>map(own -> tables.putAsync(key, SharedTable.text(own, clock.instant())))
                    .orElse(CompletableFuture.completedFuture(null))
                    .whenComplete((put, failure) -> claims.removeAsync(key, self));
        } catch (RuntimeException e) {
            LOG.debug("The rates of {} are not shared: {}", key, e.toString());
        }
    }

    @Override
    public boolean drop(String key) {
        try {
            if (!tables.withFlags(Flag.CACHE_MODE_LOCAL).containsKey(key)) {
                return false;
            }
            CompletableFuture<?> drop = bounded(tables.removeAsync(key));
            drops.put(key, drop);
            drop.whenComplete((dropped, failure) -> drops.remove(key, drop));
            return true;
        } catch (RuntimeException e) {
            LOG.debug("The rates of {} are not dropped for all: {}", key, e.toString());
            return false;
        }
    }

    /** Called by Infinispan, also where another member has put the table. */
    @CacheEntryCreated
    @CacheEntryModified
    public void came(CacheEntryEvent<String, String> event) {
        arrivals.put(event.getKey(), new Arrival(event.getValue(), ticker.read(), Duration.ZERO));
    }

    /** Called by Infinispan, also where another member has dropped the table. */
    @CacheEntryRemoved
    public void dropped(CacheEntryEvent<String, String> event) {
        arrivals.invalidate(event.getKey());
        rates.forget(event.getKey());
    }

    private <T> CompletableFuture<T> bounded(CompletionStage<T> step) {
        return step.thenApply(done -> done).toCompletableFuture().orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** What looks for one table until it is there or it is our turn to load it. */
    private final class Search implements Runnable {

        private final String key;
        private final Duration maxAge;
        private final long end;
        private final CompletableFuture<Optional<Fetched>> found = new CompletableFuture<>();

        private Search(String key, Duration maxAge, long end) {
            this.key = key;
            this.maxAge = maxAge;
            this.end = end;
        }

        private void lookIn(long millis) {
            try {
                thread.schedule(this, millis, TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException e) {
                goOnAlone(e);
            }
        }

        @Override
        public void run() {
            if (found.isDone()) {
                return;
            }
            try {
                // the claim first: it is given back when the table is there
                bounded(drops.getOrDefault(key, CompletableFuture.completedFuture(null))
                                .thenCompose(dropped -> claims.getAsync(key))
                                .thenCompose(claim -> tables.getAsync(key).thenCompose(text -> judge(claim, text))))
                        .whenComplete((judged, failure) -> {
                            if (failure != null) {
                                goOnAlone(failure);
                            }
                        });
            } catch (RuntimeException e) {
                // the caches are stopped
                goOnAlone(e);
            }
        }

        private CompletionStage<?> judge(String claim, String text) {
            Optional<Fetched> table = Optional.ofNullable(text)
                    .map(there -> read(key, there))
                    .filter(fetched -> fetched.age().compareTo(maxAge) < 0);
            if (table.isPresent()) {
                return CompletableFuture.runAsync(() -> found.complete(table), thread);
            }
            if (isHere(claim)) {
                waitOn();
                return CompletableFuture.completedFuture(null);
            }
            return claim(claim).thenAccept(claimed -> {
                if (claimed) {
                    found.complete(Optional.empty());
                } else {
                    waitOn();
                }
            });
        }

        private CompletionStage<Boolean> claim(String before) {
            return before == null
                    ? claims.putIfAbsentAsync(key, self, deadline.toMillis(), TimeUnit.MILLISECONDS)
                            .thenApply(other -> other == null)
                    : claims.replaceAsync(key, before, self, deadline.toMillis(), TimeUnit.MILLISECONDS);
        }

        private void waitOn() {
            if (ticker.read() - end < 0) {
                lookIn(LOOK_MILLIS);
            } else {
                found.complete(Optional.empty());
            }
        }

        private void goOnAlone(Throwable why) {
            if (found.complete(Optional.empty())) {
                LOG.debug("The cluster does not tell of the rates of {}: {}", key, why.toString());
            }
        }
    }

    private boolean isHere(String member) {
        return members.getMembers().stream()
                .anyMatch(here -> here.getNodeUUID().toString().equals(member));
    }

    private Fetched read(String key, String text) {
        SharedTable shared = SharedTable.of(text);
        long now = ticker.read();
        Arrival arrival = arrivals.asMap()
                .compute(
                        key,
                        (same, known) ->
                                known != null && known.text().equals(text) ? known : arrival(text, shared, now));
        return new Fetched(shared.table(), arrival.age().plusNanos(now - arrival.at()));
    }

    private Arrival arrival(String text, SharedTable shared, long now) {
        return new Arrival(text, now, Duration.ofMillis(Math.max(0, clock.millis() - shared.fetched())));
    }
}
