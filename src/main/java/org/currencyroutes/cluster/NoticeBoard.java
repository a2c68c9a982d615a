package org.currencyroutes.cluster;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.infinispan.Cache;
import org.infinispan.commons.api.CacheContainerAdmin.AdminFlag;
import org.infinispan.configuration.cache.CacheMode;
import org.infinispan.configuration.cache.ConfigurationBuilder;
import org.infinispan.context.Flag;
import org.infinispan.distribution.LocalizedCacheTopology;
import org.infinispan.manager.EmbeddedCacheManager;

/**
 * Where each member puts its own {@link Notice} for the others to read: a cache that each has a copy of, so that reading
 * goes nowhere, and writing waits for nobody.
 */
final class NoticeBoard {

    // so long after a member's end, what it said last is dropped
    private static final int KEPT_SECONDS = 60;

    private final Cache<String, String> cache;
    private final String self;
    private String key;

    NoticeBoard(EmbeddedCacheManager caches, String self) {
        this.self = self;
        ConfigurationBuilder replicated = new ConfigurationBuilder();
        replicated.clustering().cacheMode(CacheMode.REPL_ASYNC).stateTransfer().awaitInitialTransfer(false);
        cache = caches.administration()
                .withFlags(AdminFlag.VOLATILE)
                .getOrCreateCache("fx-members", replicated.build());
        key = self;
    }

    /** Puts up what the member says now, instead of what it said before. */
    CompletableFuture<?> put(Notice notice) {
        return cache.putAsync(ownKey(), notice.toJson(), KEPT_SECONDS, TimeUnit.SECONDS);
    }

    /** The same, done when the others have it. */
    CompletableFuture<?> putForSure(Notice notice) {
        return cache.getAdvancedCache()
                .withFlags(Flag.FORCE_SYNCHRONOUS)
                .putAsync(ownKey(), notice.toJson(), KEPT_SECONDS, TimeUnit.SECONDS);
    }

    /** What all members say, as it has come to this one; of one that is gone there may be an old notice as well. */
    Collection<Notice> notices() {
        List<Notice> notices = new ArrayList<>();
        cache.values().forEach(json -> notices.add(Notice.ofJson(json)));
        return notices;
    }

    /**
     * Infinispan sends what is written by way of the member that the key belongs to: a key that belongs to this member goes
     * from here to all others, without waiting for one that may be paused.
     */
    private String ownKey() {
        LocalizedCacheTopology topology =
                cache.getAdvancedCache().getDistributionManager().getCacheTopology();
        for (int i = 0; !topology.getDistribution(key).isPrimary() && i < 10_000; i++) {
            key = self + "/" + i;
        }
        return key;
    }
}
