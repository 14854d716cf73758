package dev.everfold.log;

import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Keeps the engine from logging what a test class does to it on purpose, thousands of times.
final class QuietLog implements BeforeAllCallback, AfterAllCallback {

    /// Kept, since a logger that nobody holds forgets its level.
    private static final Logger LOGGER = Logger.getLogger("dev.everfold.log");

    @Override
    public void beforeAll(ExtensionContext context) {
        LOGGER.setLevel(Level.OFF);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        LOGGER.setLevel(null);
    }
}
