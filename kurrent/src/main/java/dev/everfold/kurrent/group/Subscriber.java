package dev.everfold.kurrent.group;

import dev.everfold.kurrent.stream.Delivery;
import dev.everfold.kurrent.stream.RefusedException;
import java.util.Optional;

/// A client of a group, as the group sees it. Called by one thread at a time; no call may block.
public interface Subscriber {

    /// How many messages may be with it and not answered, 1 or more.
    int bufferSize();

    /// Whether it takes a message now without its being kept for it.
    boolean isReady();

    /// Whether a message may be given to it, which a policy may forbid; asked again for each message.
    boolean maySee(Delivery delivery);

    /// Whether the policy still lets it belong to the group. Where not, it is about to be sent away,
    /// and what it may not see says nothing of those that come after it.
    boolean mayStay();

    /// Refuses to belong to the group any more when `$acl` does not let it read the group's stream now.
    ///
    /// @throws RefusedException when it may not
    void requireMayRead();

    /// It belongs to the group now; comes before any message.
    void confirm();

    /// A message for it.
    ///
    /// @param retryCount how often the message was given to clients before
    void deliver(Delivery delivery, int retryCount);

    /// It does not belong to the group any more.
    ///
    /// @param reason empty when it wanted to leave
    void end(Optional<RuntimeException> reason);

    /// Who it is, for people to read.
    Identity identity();

    /// Who a client is.
    ///
    /// @param from its address; may be empty
    /// @param user its login name; may be empty
    /// @param connection the name that it gave itself; may be empty
    record Identity(String from, String user, String connection) {}
}
