package dev.everfold.eventsourcing.internal;

/// Finds the class of all states from one of them.
public final class StateClass {

    private StateClass() {}

    /// The outermost sealed type that a record is a case of, or else the value's class: a text is a case of
    /// a sealed type as well, of one that says nothing about states.
    @SuppressWarnings("unchecked") // every state is of this class or of a case of its sealed type
    public static <S> Class<S> of(S initial) {
        Class<?> type = initial.getClass();
        for (Class<?> above = type.isRecord() ? sealedAbove(type) : type; above != type; above = sealedAbove(type)) {
            type = above;
        }
        return (Class<S>) type;
    }

    private static Class<?> sealedAbove(Class<?> type) {
        for (Class<?> above : type.getInterfaces()) {
            if (above.isSealed()) {
                return above;
            }
        }
        return type;
    }
}
