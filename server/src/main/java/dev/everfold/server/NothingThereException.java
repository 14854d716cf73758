package dev.everfold.server;

/// Something was asked for that is not there: answered with 404, and with this message.
final class NothingThereException extends RuntimeException {

    NothingThereException(String message) {
        super(message);
    }
}
