package org.currencyroutes.rates;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Rates that several processes have in common: one of them loads a day's, the others get its table. */
public interface SharedRates {

    /** The rates of a process that is by itself. */
    SharedRates NONE = new SharedRates() {

        @Override
        public CompletableFuture<Optional<Fetched>> find(String key, Duration maxAge, Duration patience) {
            return CompletableFuture.completedFuture(Optional.empty());
        }

        @Override
        public void loaded(String key, Optional<RateTable> table) {
            // nobody to tell
        }

        @Override
        public boolean drop(String key) {
            return false;
        }
    };

    /**
     * A table, and how long ago it was fetched.
     *
     * @param table the rates of a day
     * @param age the time since a provider gave them
     */
    record Fetched(RateTable table, Duration age) {}

    /**
     * The table of a day ({@code 2021-05-18}, or {@code latest}) that is younger than an age, as soon as another process
     * has it, waited for as long as the patience lasts; nothing where the caller is to load it, and to say so when it has.
     */
    CompletableFuture<Optional<Fetched>> find(String key, Duration maxAge, Duration patience);

    /** Gives the others a table that was loaded just now; or tells them, who may wait for it, that nobody gave one. */
    void loaded(String key, Optional<RateTable> table);

    /** Drops a day's table for all, so that it is loaded anew; whether there was one. */
    boolean drop(String key);
}
