package dev.everfold.kurrent;

import java.util.function.IntSupplier;

/// Where clients reach a node.
///
/// @param host name or address
/// @param port of gRPC, asked for when a client wants to know it, since it may be given when listening begins
public record NodeAddress(String host, IntSupplier port) {}
