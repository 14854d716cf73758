package dev.everfold.eventsourcing.codec;

import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.RecordedEvent;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

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
    private final Map<Class<?>, StoredType> byRecord = new LinkedHashMap<>();
    private final UpcasterChain upcasters;
    private final EventReader<E> reader;
    private final PayloadFormat format;
    private final Function<? super E, List<String>> tags;

    private EventCodec(Builder<E> builder) {
        this.events = builder.events;
        this.format = builder.formats.getFirst();
        this.tags = builder.tags;
        List<StoredType> types = StoredType.of(events, builder.registered, builder.unnamed);
        for (StoredType type : types) {
            byRecord.put(type.record(), type);
            format.prepare(type.record());
        }
        this.upcasters = new UpcasterChain(builder.upcasters, types);
        this.reader = new EventReader<>(events, types, upcasters, builder.formats, builder.unknown);
    }

    /// A codec that writes JSON ([JsonFormat]) and has no upcasters.
    ///
    /// @param sealed a sealed interface whose records carry [EventType]; a single such record will do
    /// @throws IllegalArgumentException when a record has no name, two have the same, or one is not version 1
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
        // Each step of an event checks and copies all of it, so what there is none of is left out.
        NewEvent encoded = NewEvent.of(stream, type.name(), data(type, event));
        if (!format.contentType().equals(NewEvent.JSON)) {
            encoded = encoded.withContent(format.contentType(), encoded.data());
        }
        Bytes about = metadata.withVersion(type.version()).encode();
        if (!about.isEmpty()) {
            encoded = encoded.withMetadata(about);
        }
        List<String> all = joined(metadata.tags(), tags.apply(event));
        return all.isEmpty() ? encoded : encoded.withTags(all);
    }

    private static List<String> joined(List<String> first, List<String> second) {
        if (first.isEmpty() || second.isEmpty()) {
            return first.isEmpty() ? second : first;
        }
        List<String> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }

    /// The events of the application in a stored event, through the upcasters: usually one, several where
    /// it was split, none where it was dropped, skipped, or is of a system type that is not registered.
    ///
    /// @throws UnknownEventTypeException when type or version is unknown and that is not to be skipped
    /// @throws MalformedEventException when data or metadata cannot be read as the type's record
    public List<E> decode(RecordedEvent event) {
        return reader.read(event);
    }

    /// Every stored name that may decode to an event of `E`, old names included; sorted.
    public List<String> typeNames() {
        return List.copyOf(upcasters.namesOf(byRecord.values()));
    }

    /// The same for one event type, or for a sealed interface of several.
    ///
    /// @throws IllegalArgumentException when there is no such event type
    public List<String> typeNames(Class<? extends E> event) {
        List<StoredType> types = byRecord.values().stream()
                .filter(type -> event.isAssignableFrom(type.record()))
                .toList();
        if (types.isEmpty()) {
            throw notRegistered(event);
        }
        return List.copyOf(upcasters.namesOf(types));
    }

    /// Whether some form of this type can be read.
    boolean knows(String type) {
        return upcasters.knows(type);
    }

    /// Every form that can be read, old ones included.
    SortedSet<TypeVersion> known() {
        return upcasters.known();
    }

    List<StoredType> types() {
        return List.copyOf(byRecord.values());
    }

    private Bytes data(StoredType type, E event) {
        try {
            return format.encode(event);
        } catch (RuntimeException refused) {
            throw new IllegalArgumentException(
                    "An event " + type.form() + " cannot be written: " + Failures.describe(refused) + ".", refused);
        }
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
        private final List<Upcaster> upcasters = new ArrayList<>();
        private final Set<Class<?>> registered = new LinkedHashSet<>();
        private final Set<Class<?>> unnamed = new HashSet<>();
        /// The first one writes.
        private final List<PayloadFormat> formats = new ArrayList<>(List.of(JsonFormat.standard()));
        private @Nullable Function<RecordedEvent, List<E>> unknown;
        private Function<? super E, List<String>> tags = event -> List.of();

        private Builder(Class<E> events) {
            this.events = events;
        }

        /// Reads an old form of an event; in any order.
        public Builder<E> upcaster(Upcaster upcaster) {
            upcasters.add(upcaster);
            return this;
        }

        /// Reads old forms of events; in any order.
        public Builder<E> upcasters(Upcaster... more) {
            upcasters.addAll(List.of(more));
            return this;
        }

        /// Writes data in this format instead of JSON, and reads it.
        public Builder<E> format(PayloadFormat newFormat) {
            formats.set(0, newFormat);
            return this;
        }

        /// Reads data in this format too: what was written before another format was chosen.
        public Builder<E> alsoReads(PayloadFormat otherFormat) {
            formats.add(otherFormat);
            return this;
        }

        /// What to do with types and versions that nothing is registered for.
        public Builder<E> unknown(UnknownTypes policy) {
            unknown = policy == UnknownTypes.SKIP ? event -> List.of() : null;
            return this;
        }

        /// Delivers events that nothing is registered for as they are stored. They come only to a
        /// reader that asks for them: projections and subscriptions ask for the types that the codec
        /// knows, unless told otherwise.
        ///
        /// @param record the record that holds one; it needs no name and cannot be encoded
        public <R extends E> Builder<E> unknownAs(Class<R> record, Function<RecordedEvent, R> of) {
            unnamed.add(record);
            unknown = event -> List.of(of.apply(event));
            return this;
        }

        /// Tags that every event gets from its own fields, for example `account:42`.
        public Builder<E> tags(Function<? super E, List<String>> tagsOf) {
            tags = tagsOf;
            return this;
        }

        /// Adds an event record below a part of the hierarchy that is not sealed, where it would not be found;
        /// for example one for a system type.
        public Builder<E> register(Class<? extends E> record) {
            registered.add(record);
            return this;
        }

        /// The codec, once everything about it is checked.
        ///
        /// @throws IllegalArgumentException when a record has no name or two have the same, when two upcasters
        ///     begin at one version, when a version does not reach a record, or when upcasters run in a loop
        public EventCodec<E> build() {
            return new EventCodec<>(this);
        }
    }
}
