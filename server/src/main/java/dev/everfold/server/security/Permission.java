package dev.everfold.server.security;

import dev.everfold.kurrent.Caller;

/// What a caller needs for a route or a method.
public enum Permission {
    /// Nothing, not even a name.
    OPEN("come in", ""),
    /// To be a user; what is behind decides by the stream or by whom it is about.
    USER("come in", ""),
    /// To see the whole log except streams that begin with `$`, and what the policy hides: [#READERS].
    READ("read the log", "everfold-readers"),
    /// To append to every stream that does not begin with `$`, unless the policy says no: [#WRITERS].
    APPEND("append to the log", "everfold-writers"),
    /// To see how far the log and those who follow it are: who reads or appends.
    LOG("see how far the log is", "everfold-readers or everfold-writers"),
    /// To see figures: who reads or operates.
    OBSERVE("see figures", "everfold-readers or " + Caller.OPERATORS),
    /// To operate the server: [Caller#OPERATORS].
    OPERATE("operate the server", Caller.OPERATORS),
    /// [Caller#ADMINS], who may do everything else, too.
    ADMIN("administer the server", Caller.ADMINS);

    /// The group of those who read the whole log.
    public static final String READERS = "everfold-readers";

    /// The group of those who append to every stream.
    public static final String WRITERS = "everfold-writers";

    private final String what;
    private final String groups;

    Permission(String what, String groups) {
        this.what = what;
        this.groups = groups;
    }

    /// Why a user is refused whom this does not [allow][#allows].
    String refusal(Caller caller) {
        return "User \"" + caller.name() + "\" may not " + what + "; expected a user of the group " + groups + ".";
    }

    /// Whether a user may.
    public boolean allows(Caller caller) {
        if (caller.isAdmin()) {
            return true;
        }
        boolean reads = caller.groups().contains(READERS);
        boolean appends = caller.groups().contains(WRITERS);
        boolean operates = caller.groups().contains(Caller.OPERATORS);
        return switch (this) {
            case OPEN, USER -> true;
            case READ -> reads;
            case APPEND -> appends;
            case LOG -> reads || appends;
            case OBSERVE -> reads || operates;
            case OPERATE -> operates;
            case ADMIN -> false;
        };
    }
}
