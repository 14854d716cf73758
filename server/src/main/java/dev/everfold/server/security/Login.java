package dev.everfold.server.security;

import dev.everfold.kurrent.Caller;

/// What became of an attempt to log in.
sealed interface Login {

    /// That is who it is.
    ///
    /// @param pass by what, and for how long
    record Known(Caller caller, Pass pass) implements Login {

        /// A user of this server.
        Known(Caller caller) {
            this(caller, new Pass.OfUser());
        }
    }

    /// No user of that name and password; which of them was wrong is not said.
    record Unknown() implements Login {}

    /// A token, or the word of a proxy, that counts for nothing.
    ///
    /// @param why in a sentence
    record Refused(String why) implements Login {}

    /// Not looked at: it failed too often, or too many log in at once.
    ///
    /// @param seconds after which another attempt is looked at
    record Later(long seconds) implements Login {

        /// In a sentence.
        String words() {
            return "Too many logins failed; try again in " + seconds + " s.";
        }
    }

    /// Nobody can tell now.
    ///
    /// @param why in a sentence
    record Unsure(String why) implements Login {}
}
