package dev.everfold.kurrent.group;

/// What cannot be done with a group, or why a client of it has to leave. Nothing was stored.
public final class GroupException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /// Why.
    public enum Reason {
        /// There is a group of that name.
        EXISTS,
        /// There is none.
        DOES_NOT_EXIST,
        /// It cannot be as it was asked for.
        FAILED,
        /// It has as many clients as it may.
        MAXIMUM_SUBSCRIBERS_REACHED,
        /// It was deleted, updated or restarted, or another server serves it now; subscribe again.
        DROPPED
    }

    private final Reason reason;
    private final String stream;
    private final String group;

    private GroupException(Reason reason, GroupKey key, String message) {
        this(reason, key.stream(), key.group(), message);
    }

    private GroupException(Reason reason, String stream, String group, String message) {
        super(message, null, false, false);
        this.reason = reason;
        this.stream = stream;
        this.group = group;
    }

    static GroupException exists(GroupKey key) {
        return new GroupException(Reason.EXISTS, key, name(key) + " exists; expected another name, or an update.");
    }

    static GroupException doesNotExist(GroupKey key) {
        return new GroupException(Reason.DOES_NOT_EXIST, key, doesNotExist(key.group(), key.stream()));
    }

    static GroupException noneOf(String stream) {
        return new GroupException(Reason.DOES_NOT_EXIST, stream, "", doesNotExist("", stream));
    }

    /// In KurrentDB's words, which its clients' tests compare.
    private static String doesNotExist(String group, String stream) {
        return "Subscription group " + group + " on stream " + stream + " does not exist.";
    }

    /// A group that cannot be as it was asked for.
    ///
    /// @param why a sentence
    public static GroupException failed(GroupKey key, String why) {
        return new GroupException(Reason.FAILED, key, why);
    }

    static GroupException maximumSubscribersReached(GroupKey key, int max) {
        return new GroupException(
                Reason.MAXIMUM_SUBSCRIBERS_REACHED,
                key,
                name(key) + " has " + max + " clients, as many as it may. Let one leave, or update the group.");
    }

    static GroupException dropped(GroupKey key, String why) {
        return new GroupException(Reason.DROPPED, key, name(key) + " " + why + ". Subscribe again.");
    }

    private static String name(GroupKey key) {
        return "The group \"" + key.group() + "\" of stream \"" + key.stream() + "\"";
    }

    /// Why.
    public Reason reason() {
        return reason;
    }

    /// Whose group.
    public String stream() {
        return stream;
    }

    /// Which group; empty when it is about all groups of the stream.
    public String group() {
        return group;
    }
}
