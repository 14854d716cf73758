package dev.everfold.log.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/// The device, the quota or the allowed length of a file is exhausted.
public final class NoSpaceException extends IOException {

    private static final long serialVersionUID = 1L;

    /// With less than this a write may fail for lack of space.
    private static final long USABLE_BYTES_MIN = 64 << 10;

    /// Says where there is no room.
    public NoSpaceException(String where, Throwable cause) {
        super("No space left for " + where, cause);
    }

    /// The same failure under this name when it is one of lacking space (ENOSPC, EDQUOT, EFBIG), else
    /// itself.
    ///
    /// The JDK tells by a text of the system only, which may be in another language; then the free
    /// space decides.
    static IOException orSame(IOException failure, Path where) {
        String message = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
        boolean noSpace = message.contains("no space left")
                || message.contains("quota exceeded")
                || message.contains("file too large")
                || isFull(where);
        return noSpace ? new NoSpaceException(where.toString(), failure) : failure;
    }

    private static boolean isFull(Path where) {
        try {
            Path existing = Files.exists(where) ? where : where.toAbsolutePath().getParent();
            return existing != null && Files.getFileStore(existing).getUsableSpace() < USABLE_BYTES_MIN;
        } catch (IOException unknown) {
            return false;
        }
    }
}
