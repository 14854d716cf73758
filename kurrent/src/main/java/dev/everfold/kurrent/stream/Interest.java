package dev.everfold.kurrent.stream;

/// Which new events somebody waits for.
public sealed interface Interest {

    /// Any.
    record Everything() implements Interest {}

    /// Those of a stream.
    ///
    /// @param stream its name
    record OfStream(String stream) implements Interest {}

    /// Those of all streams of a category.
    ///
    /// @param category its name
    record OfCategory(String category) implements Interest {}

    /// Those of a type.
    ///
    /// @param type its name
    record OfType(String type) implements Interest {}
}
