package dev.everfold.server.security;

import dev.everfold.kurrent.Caller;

/// What a caller needs for a route or a method.
public enum Permission {
    /// Nothing, not even a name.
    OPEN,
    /// To be a user; what is behind decides by the stream or by whom it is about.
    USER,
    /// To see the whole log except streams that begin with `$`: [#READERS].
    READ,
    /// To append to every stream that does not begin with `$`: [#WRITERS].
    APPEND,
    /// To see how far the log and those who follow it are: who reads or appends.
    LOG,
    /// To see figures: who reads or operates.
    OBSERVE,
    /// To operate the server: [Caller#OPERATORS].
    OPERATE,
    /// [Caller#ADMINS], who may do everything else, too.
    ADMIN;

    /// The group of those who read the whole log.
    public static final String READERS = "everfold-readers";

    /// The group of those who append to every stream.
    public static final String WRITERS = "everfold-writers";

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
