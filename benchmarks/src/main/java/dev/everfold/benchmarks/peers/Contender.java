package dev.everfold.benchmarks.peers;

import java.nio.file.Path;

/// A store that is compared.
///
/// @param name how it is called in the tables
/// @param settings what it was told, printed above the tables
/// @param opening opens it in a folder, new if the folder is missing
record Contender(String name, String settings, Opening opening) {

    /// Opens a store.
    @FunctionalInterface
    interface Opening {
        Session open(Path folder) throws Exception;
    }
}
