package dev.everfold.eventsourcing.codec;

import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.RecordedEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/// Typed events to stored ones and back: the one door through which every reader goes.
///
/// `E` is a sealed interface; the records below it are the registry of event types, each named by
/// [EventType]. Immutable and safe for use by many threads; make one and keep it.
///
/// ```java
/// sealed interface AccountEvent {
///     @EventType("account.opened") record Opened(String owner) implements AccountEvent {}
///     @EventType("account.deposited") record Deposited(long cents) implements AccountEvent {}
/// }
/// EventCodec<AccountEvent> codec = EventCodec.of(AccountEvent.class);
/// ```
///
/// The version of an event's shape is kept in its metadata and is 1 when absent, so that events of other
/// writers can be read. Types that begin with `$` belong to the system and are skipped unless a record of
/// the hierarchy has that name.
public final class EventCodec<E> {

    private final Class<E> events;
    private final Map<Class<?>, StoredType> byRecord;
    private final Map<String, StoredType> byName;
    private final PayloadFormat format;
    private final UnknownTypes unknown;
    private final Function<? super E, List<String>> tags;

    private EventCodec(Builder<E> builder) {
        this.events = builder.events;
        this.format = builder.format;
        this.unknown = builder.unknown;
        this.tags = builder.tags;
        Map<Class<?>, StoredType> records = new LinkedHashMap<>();
        Map<String, StoredType> names = new HashMap<>();
        for (StoredType type : StoredType.of(events, builder.registered, Set.of())) {
            records.put(type.record(), type);
            names.put(type.name(), type);
            format.prepare(type.record());
        }
        this.byRecord = records;
        this.byName = names;
    }

    /// A codec that writes JSON ([JsonFormat]) and has no upcasters.
    ///
    /// @param sealed a sealed interface whose records carry [EventType]; a single such record will do
    /// @throws IllegalArgumentException when a record has no name or two have the same
    public static <E> EventCodec<E> of(Class<E> sealed) {
        return builder(sealed).build();
    }

    /// A codec that is put together.
    ///
    /// @param sealed a sealed interface whose records carry [EventType]; a single such record will do
    public static <E> Builder<E> builder(Class<E> sealed) {
        return new Builder<>(sealed);
    }

    /// The event as it is appended, with a fresh id: type, data, metadata with the version, and the tags
    /// of the metadata followed by those of the application.
    ///
    /// @throws IllegalArgumentException when the event is not of a registered type
    public NewEvent encode(String stream, E event, EventMetadata metadata) {
        StoredType type = storedType(event.getClass());
        NewEvent encoded = NewEvent.of(stream, type.name(), format.encode(event))
                .withMetadata(metadata.withVersion(type.version()).encode());
        List<String> all = new ArrayList<>(metadata.tags());
        all.addAll(tags.apply(event));
        NewEvent tagged = all.isEmpty() ? encoded : encoded.withTags(all);
        return tagged.contentType().equals(format.contentType())
                ? tagged
                : tagged.withContent(format.contentType(), tagged.data());
    }

    /// The events of the application in a stored event, through the upcasters: usually one, several where
    /// it was split, none where it was dropped, skipped, or is of a system type that is not registered.
    ///
    /// @throws UnknownEventTypeException when type or version is unknown and that is not to be skipped
    /// @throws MalformedEventException when data or metadata cannot be read as the type's record
    public List<E> decode(RecordedEvent event) {
        String name = event.type();
        StoredType type = byName.get(name);
        if (type == null) {
            if (name.startsWith("$") || unknown == UnknownTypes.SKIP) {
                return List.of();
            }
            throw new UnknownEventTypeException(name, name, 1);
        }
        return List.of(events.cast(format.decode(event.data(), type.record())));
    }

    /// Every stored name that may decode to an event of `E`, old names included; sorted.
    public List<String> typeNames() {
        return byName.keySet().stream().sorted().toList();
    }

    /// The same for one event type, or for a sealed interface of several.
    ///
    /// @throws IllegalArgumentException when there is no such event type
    public List<String> typeNames(Class<? extends E> event) {
        List<String> names = byRecord.values().stream()
                .filter(type -> event.isAssignableFrom(type.record()))
                .map(StoredType::name)
                .sorted()
                .toList();
        if (names.isEmpty()) {
            throw notRegistered(event);
        }
        return names;
    }

    private StoredType storedType(Class<?> record) {
        StoredType type = byRecord.get(record);
        if (type == null) {
            throw notRegistered(record);
        }
        return type;
    }

    private IllegalArgumentException notRegistered(Class<?> type) {
        return new IllegalArgumentException(type.getTypeName() + " is not an event type of " + events.getTypeName()
                + ". Let it be one of its permitted records, or register it with EventCodec.Builder.register.");
    }

    /// Puts an [EventCodec] together. For one thread.
    public static final class Builder<E> {

        private final Class<E> events;
        private final Set<Class<?>> registered = new LinkedHashSet<>();
        private PayloadFormat format = JsonFormat.standard();
        private UnknownTypes unknown = UnknownTypes.FAIL;
        private Function<? super E, List<String>> tags = event -> List.of();

        private Builder(Class<E> events) {
            this.events = events;
        }

        /// Writes and reads data in this format instead of JSON.
        public Builder<E> format(PayloadFormat newFormat) {
            format = newFormat;
            return this;
        }

        /// What to do with types and versions that nothing is registered for.
        public Builder<E> unknown(UnknownTypes policy) {
            unknown = policy;
            return this;
        }

        /// Tags that every event gets from its own fields, for example `account:42`.
        public Builder<E> tags(Function<? super E, List<String>> tagsOf) {
            tags = tagsOf;
            return this;
        }

        /// Adds an event record below a part of the hierarchy that is not sealed, where it would not be found.
        public Builder<E> register(Class<? extends E> record) {
            registered.add(record);
            return this;
        }

        /// The codec, once everything about it is checked.
        ///
        /// @throws IllegalArgumentException when a record has no name or two have the same
        public EventCodec<E> build() {
            return new EventCodec<>(this);
        }
    }
}
