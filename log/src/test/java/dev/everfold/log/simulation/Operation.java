package dev.everfold.log.simulation;

import java.util.function.Predicate;

/// Something that the engine asks of a disk.
///
/// @param index how many changing operations there were before it
/// @param kind what it is
/// @param file on which file; empty for the directory
/// @param offset where in the file, in bytes
/// @param bytes how many
public record Operation(int index, Kind kind, String file, long offset, int bytes) {

    /// What an operation does.
    public enum Kind {
        CREATE,
        WRITE,
        SYNC,
        RENAME,
        DELETE,
        SYNC_DIRECTORY,
        /// Not counted by the index, since it changes nothing.
        READ
    }

    /// Operations of a kind on files whose name ends like this.
    public static Predicate<Operation> on(Kind kind, String suffix) {
        return operation -> operation.kind == kind && operation.file.endsWith(suffix);
    }

    /// The operation with this index, unless it is a read.
    public static Predicate<Operation> at(int index) {
        return operation -> operation.kind != Kind.READ && operation.index == index;
    }
}
