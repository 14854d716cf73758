package dev.everfold.log.index;

/// A file of the index is damaged: a block does not have the checksum that was stored for it.
///
/// Thrown by every method that looks into the index. Nothing wrong was returned and nothing is
/// lost, since the log holds everything: [LogIndex#quarantine] sets the file aside, and the next
/// open builds that range anew.
public final class CorruptIndexException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String file;
    private final long offset;
    private final String what;

    /// Names the file and the damaged block.
    ///
    /// @param file name of the file
    /// @param offset of the block in the file, in bytes
    /// @param what what was expected and what was found
    CorruptIndexException(String file, long offset, String what) {
        super("Index file " + file + " is damaged at byte " + offset + ": " + what
                + ". It holds nothing that the log does not; it is built anew when the store is opened for writing.");
        this.file = file;
        this.offset = offset;
        this.what = what;
    }

    /// What happened and what to do: one line for people.
    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }

    /// Name of the damaged file.
    public String file() {
        return file;
    }

    /// Where the damaged block begins, in bytes.
    public long offset() {
        return offset;
    }

    /// What was expected and what was found.
    public String what() {
        return what;
    }
}
