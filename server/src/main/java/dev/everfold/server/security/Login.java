package dev.everfold.server.security;

import dev.everfold.kurrent.Caller;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What became of an attempt to log in.
sealed interface Login {

    /// That is who it is. Equal when it is the same one by the same.
    ///
    /// @param pass by what, and for how long
    /// @param seen the end of the log before the user was looked up, which may be some time ago: what changed there
    ///     or behind it may not be known
    record Known(Caller caller, Pass pass, long seen) implements Login {

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Known(Caller one, Pass by, long _) && one.equals(caller) && by.equals(pass);
        }

        @Override
        public int hashCode() {
            return Objects.hash(caller, pass);
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
