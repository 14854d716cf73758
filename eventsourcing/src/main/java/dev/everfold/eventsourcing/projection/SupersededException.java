package dev.everfold.eventsourcing.projection;

/// A projection was started in an older version than the one that serves. Nothing was changed.
public final class SupersededException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    SupersededException(String projection, int version, int servingVersion) {
        super("Projection \"" + projection + "\" is version " + version + " here, but version " + servingVersion
                + " is serving. Start the newer one; to go back, give the older one a higher number.");
    }
}
