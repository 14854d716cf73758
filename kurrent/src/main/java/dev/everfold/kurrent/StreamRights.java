package dev.everfold.kurrent;

/// Which streams one caller may read and append to, as the server's policy says. It narrows what `$acl` allows: both
/// have to. Immutable.
public interface StreamRights {

    /// Where no policy narrows anything.
    StreamRights ALL = new StreamRights() {
        @Override
        public boolean mayRead(String stream) {
            return true;
        }

        @Override
        public boolean mayAppend(String stream) {
            return true;
        }
    };

    /// Whether the caller may see events of the stream, and that there is such a stream.
    boolean mayRead(String stream);

    /// Whether the caller may append to the stream or delete it.
    boolean mayAppend(String stream);
}
