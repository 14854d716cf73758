package dev.everfold.log.storage;

import java.io.IOException;
import java.util.Locale;

/// The device, the quota or the allowed length of a file is exhausted.
public final class NoSpaceException extends IOException {

    private static final long serialVersionUID = 1L;

    /// Says where there is no room.
    public NoSpaceException(String where, Throwable cause) {
        super("No space left for " + where, cause);
    }

    /// The same failure under this name when it is one of lacking space (ENOSPC, EDQUOT, EFBIG), else itself.
    static IOException orSame(IOException failure, String where) {
        String message = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
        boolean noSpace = message.contains("no space left")
                || message.contains("quota exceeded")
                || message.contains("file too large");
        return noSpace ? new NoSpaceException(where, failure) : failure;
    }
}
