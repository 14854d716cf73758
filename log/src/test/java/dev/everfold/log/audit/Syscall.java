package dev.everfold.log.audit;

/// One call of the kernel.
///
/// @param line of the trace where it begins, 1-based; for people
/// @param name for example `fdatasync`
/// @param path of the file that its first descriptor, or for `openat` its result, belongs to; empty when
///     there is none
/// @param data the first bytes that it wrote; empty for other calls
/// @param creates whether it may make a file
/// @param result what it returned; negative when it failed or never returned
/// @param begin place in the order of all beginnings and ends
/// @param end the same for its end; [Long#MAX_VALUE] when it never returned
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Syscall(
        int line, String name, String path, byte[] data, boolean creates, long result, long begin, long end) {

    /// Whether it had returned before the other one began.
    public boolean returnedBefore(Syscall other) {
        return end < other.begin;
    }

    /// Whether it makes what was written to a file durable, or the names in a directory.
    public boolean isSync() {
        return (name.equals("fdatasync") || name.equals("fsync")) && result == 0;
    }
}
