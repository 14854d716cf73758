package dev.everfold.kurrent.group;

/// Another server serves the group now. Nothing was stored.
final class ClaimLostException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ClaimLostException() {
        super("another server serves the group", null, false, false);
    }
}
