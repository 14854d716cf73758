package dev.everfold.search;

/// An answer is larger than is read into memory: whoever asked for several things asks for fewer at once.
final class AnswerTooLargeException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /// @param what was being done
    AnswerTooLargeException(String what, long bytesMax, Throwable cause) {
        super(what + " failed: the answer is larger than " + bytesMax + " bytes. Keep less in the documents.", cause);
    }
}
