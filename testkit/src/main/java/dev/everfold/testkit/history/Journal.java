package dev.everfold.testkit.history;

/// Where a client writes down what it does while it does it. For one client and one thread at a time.
public interface Journal {

    /// The client is about to make a call.
    ///
    /// @param number the client's own counting, from 0
    /// @param nanos the time now
    /// @param call what it is about to ask
    void invoked(int number, long nanos, Call call);

    /// The client was answered.
    ///
    /// @param number of the call, the same as when it was made
    /// @param nanos the time now
    /// @param answer what it was told
    void answered(int number, long nanos, Answer answer);
}
