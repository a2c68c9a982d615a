package org.currencyroutes.cluster;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jgroups.JChannel;
import org.jgroups.Message;
import org.jgroups.Receiver;
import org.jgroups.fork.ForkChannel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where members put up their {@link Notice}s for one another: messages beside those of Infinispan, over the same channel. A
 * cache would have them wait until Infinispan has arranged itself anew, for seconds after each pause or cut.
 */
final class NoticeBoard implements Receiver {

    private static final Logger LOG = LoggerFactory.getLogger(NoticeBoard.class);

    private final ForkChannel channel;
    private final Queue<Notice> unread = new ConcurrentLinkedQueue<>();

    /** Takes the connected channel that Infinispan uses. */
    NoticeBoard(JChannel shared) throws Exception {
        channel = new ForkChannel(shared, "fx", "fx-members");
        channel.setReceiver(this);
        channel.connect(shared.getClusterName());
    }

    /** Puts up what this member says now. */
    void put(Notice notice) {
        try {
            channel.send(null, notice.toJson().getBytes(StandardCharsets.UTF_8));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** What was put up since it was last asked for, by whichever member. */
    List<Notice> read() {
        List<Notice> read = new ArrayList<>();
        for (Notice notice = unread.poll(); notice != null; notice = unread.poll()) {
            read.add(notice);
        }
        return read;
    }

    @Override
    public void receive(Message message) {
        try {
            unread.add(Notice.ofJson(
                    new String(message.getArray(), message.getOffset(), message.getLength(), StandardCharsets.UTF_8)));
        } catch (IllegalArgumentException e) {
            // of another version of us
            LOG.debug("A member's notice could not be read", e);
        }
    }
}
