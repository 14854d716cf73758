package dev.everfold.eventstore;

/// Stores that are made only to be measured, beside those that are kept and never instead of one. All of
/// them are removed when this is closed.
///
/// Safe for use by one thread; the stores are for as many as any.
public interface ScratchStores extends AutoCloseable {

    /// Opens the store of this name, new if there is none. Close it before it is deleted.
    ///
    /// @throws StoreUnavailableException when it is out of reach
    EventStore open(String name);

    /// Removes the store of this name, if there is one.
    ///
    /// @throws StoreUnavailableException when it is out of reach
    void delete(String name);

    /// Stores as little as can be stored durably there, without a store: what an append alone can hardly beat.
    ///
    /// @param bytes how many
    /// @throws StoreUnavailableException when it is out of reach
    void commit(byte[] bytes);

    /// What [#commit] does, for example "insert one row + commit".
    String commitName();

    /// Removes what was made.
    @Override
    void close();
}
