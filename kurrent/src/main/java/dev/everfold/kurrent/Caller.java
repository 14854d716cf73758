package dev.everfold.kurrent;

import io.grpc.Context;
import java.util.Set;

/// Who makes a call, as whoever let the call in found out; immutable.
///
/// A server that knows users puts it into the [Context] of every call. Where there is none, the server has no users
/// and every call may do everything.
///
/// @param name login name
/// @param groups roles, such as [#ADMINS]
public record Caller(String name, Set<String> groups) {

    /// May do everything.
    public static final String ADMINS = "$admins";

    /// May operate the server, and read and append what everyone may.
    public static final String OPERATORS = "$ops";

    /// Where a call's caller stands.
    public static final Context.Key<Caller> KEY = Context.key("everfold-caller");

    /// Copies the groups.
    public Caller {
        groups = Set.copyOf(groups);
    }

    /// Whether the caller has the role: is of that group, or bears that name.
    public boolean is(String role) {
        return groups.contains(role) || name.equals(role);
    }

    /// Whether nothing is refused to the caller.
    public boolean isAdmin() {
        return groups.contains(ADMINS);
    }
}
