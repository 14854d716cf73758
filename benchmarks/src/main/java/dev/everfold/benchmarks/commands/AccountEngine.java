package dev.everfold.benchmarks.commands;

import java.nio.file.Path;

/// Something that handles commands, and is compared.
///
/// @param name how it is called in the tables
/// @param settings what it was told, printed above the tables
/// @param loads whether it can load an account
/// @param opening opens it in a folder, new if the folder is missing
record AccountEngine(String name, String settings, boolean loads, Opening opening) {

    /// Opens an engine.
    @FunctionalInterface
    interface Opening {
        AccountSession open(Path folder) throws Exception;
    }
}
