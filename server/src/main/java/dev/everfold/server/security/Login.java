package dev.everfold.server.security;

import dev.everfold.kurrent.Caller;

/// What became of an attempt to log in.
sealed interface Login {

    /// That is who it is.
    record Known(Caller caller) implements Login {}

    /// No user of that name and password; which of them was wrong is not said.
    record Unknown() implements Login {}

    /// Not looked at: it failed too often, or too many log in at once.
    ///
    /// @param seconds after which another attempt is looked at
    record Later(long seconds) implements Login {}
}
