package dev.everfold.server.security;

/// Others have set the policy meanwhile; nothing was stored.
public final class PolicyConflictException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    PolicyConflictException(long expected, long found) {
        super("The policy is at revision " + found + ", and the change is of revision " + expected
                + ". Read it again and decide again.");
    }
}
