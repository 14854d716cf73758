package dev.everfold.eventstore;

import java.util.List;

/// What a verification checked and found.
///
/// @param events how many events were checked
/// @param bytes how many bytes were read
/// @param checked what was checked, one sentence each
/// @param notes what is as it may be but worth knowing, for example an unfinished append at the end of
///     the log
/// @param damages what is wrong; empty when all is well
public record Verification(long events, long bytes, List<String> checked, List<String> notes, List<Damage> damages) {

    /// Copies the lists.
    public Verification {
        checked = List.copyOf(checked);
        notes = List.copyOf(notes);
        damages = List.copyOf(damages);
    }

    /// Whether nothing is wrong.
    public boolean passed() {
        return damages.isEmpty();
    }

    /// One thing that is wrong.
    ///
    /// @param file which file, or which part of the store
    /// @param offset where in it, in bytes; of the smallest part that carries a checksum
    /// @param what what was expected, what was found, what to do
    public record Damage(String file, long offset, String what) {

        @Override
        public String toString() {
            return file + " at byte " + offset + ": " + what;
        }
    }
}
