package dev.everfold.kurrent;

import java.util.Optional;
import java.util.function.IntSupplier;

/// Where clients reach a node.
///
/// @param host name or address; empty = whichever the client has come to, with the port that it came to
/// @param port of gRPC, asked for when a client wants to know it, since it may be given when listening begins
public record NodeAddress(Optional<String> host, IntSupplier port) {}
