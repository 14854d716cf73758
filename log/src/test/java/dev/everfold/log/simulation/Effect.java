package dev.everfold.log.simulation;

/// One change of a disk, in the order in which the engine made it.
public sealed interface Effect {

    /// A new, empty file got a name.
    record Created(int inode, String name) implements Effect {}

    /// Bytes were written; the file may have grown.
    @SuppressWarnings("ArrayRecordComponent") // never compared, never changed
    record Written(int inode, String name, long offset, byte[] bytes) implements Effect {}

    /// All bytes of a file were made durable.
    record Synced(int inode, String name) implements Effect {}

    /// A sync failed: of what was pending some is durable and the rest is lost for good.
    record SyncFailed(int inode, String name, Survival kept) implements Effect {}

    /// A file got another name.
    record Renamed(int inode, String source, String target) implements Effect {}

    /// A file lost its name.
    record Deleted(int inode, String name) implements Effect {}

    /// All names were made durable.
    record DirectorySynced() implements Effect {}
}
