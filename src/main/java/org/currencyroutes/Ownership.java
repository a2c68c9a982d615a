package org.currencyroutes;

import org.apache.camel.CamelContext;

/** Tells whether this process is the one that may be connected to a pipeline; alone, without a cluster, it always is. */
public interface Ownership {

    /** What is so where there is no cluster. */
    Ownership ALONE = pipeline -> true;

    /** Whether it may be, at this moment; asked before whatever is written to the socket. */
    boolean isOwner(String pipeline);

    /** Says that the connection to this pipeline is closed, and another process may make one. */
    default void disconnected(String pipeline) {}

    /** That of the context: a bean of this type, or else alone. */
    static Ownership of(CamelContext context) {
        Ownership ownership = context.getRegistry().findSingleByType(Ownership.class);
        return ownership == null ? ALONE : ownership;
    }
}
