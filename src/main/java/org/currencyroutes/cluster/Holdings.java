package org.currencyroutes.cluster;

import java.util.Map;
import java.util.SortedSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** What a member of a cluster owns, and until when; who extends it decides that, and knows who else is here. */
abstract class Holdings {

    final String self;
    final LongSupplier ticker;
    final Map<String, Long> until = new ConcurrentHashMap<>();
    boolean leaving;

    /** Takes the member's own name, which no other process ever had, and a monotonic ticker in nanoseconds. */
    Holdings(String self, LongSupplier ticker) {
        this.self = self;
        this.ticker = ticker;
    }

    /** Whether this member owns the pipeline at this moment; may be asked by any thread. */
    final boolean isOwner(String pipeline) {
        Long end = until.get(pipeline);
        return end != null && ticker.getAsLong() - end < 0;
    }

    /** Owns it no longer than it does by now, long enough to say goodbye; it is for others when it is {@link #letGo}. */
    abstract void giveUp(String pipeline);

    /** Whether it is to be let go. */
    abstract boolean isGivenUp(String pipeline);

    /** Says that nothing is connected any more to a pipeline that was given up, or that it leaves. */
    abstract void letGo(String pipeline);

    /** Says that this member takes nothing more; it keeps what it has until it lets it go. */
    final synchronized void leave() {
        leaving = true;
    }

    /** The members that are here, this one included. */
    abstract SortedSet<String> members();
}
