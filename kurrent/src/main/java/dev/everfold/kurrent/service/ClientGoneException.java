package dev.everfold.kurrent.service;

/// The client ended the call or its connection broke; there is nobody to answer.
final class ClientGoneException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ClientGoneException() {
        super("the client is gone", null, false, false);
    }
}
