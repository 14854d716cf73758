package dev.everfold.kurrent.stream;

import dev.everfold.eventstore.EventCursor;
import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.Read;
import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.kurrent.Caller;
import dev.everfold.kurrent.Presence;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Reads pages of streams and of the log, and makes feeds of them. Safe for use by many threads.
public final class StreamReads {

    /// Index streams whose marks are remembered.
    private static final int INDEXES_MAX = 1_000;

    private final EventStore store;
    private final Lifecycles lifecycles;
    private final Access access;
    private final Links links;

    private final Recent<IndexStream> indexes = new Recent<>(INDEXES_MAX);

    StreamReads(EventStore store, Lifecycles lifecycles, Access access) {
        this.store = store;
        this.lifecycles = lifecycles;
        this.access = access;
        this.links = new Links(store, lifecycles, access);
    }

    /// Gives a page of a stream.
    ///
    /// @return the revision of the stream's last event when the read began; empty when there is no such stream
    /// @throws RefusedException when the stream has a tombstone
    public OptionalLong read(StreamRead read, Feed.Sink sink) throws InterruptedException {
        return read(read, access.shownOf(read.stream(), Caller.KEY.get()), sink);
    }

    /// The first revision of a stream from one on that its metadata does not hide, whoever asks; empty when
    /// there is none.
    ///
    /// @throws RefusedException when the stream has a tombstone
    public OptionalLong firstRevision(String stream, long fromRevision) throws InterruptedException {
        OptionalLong[] first = {OptionalLong.empty()};
        StreamRead oldest = new StreamRead(stream, false, OptionalLong.of(fromRevision), 1, false);
        var _ = read(oldest, _ -> true, found -> {
            first[0] = OptionalLong.of(found.found().revision());
            return false;
        });
        return first[0];
    }

    /// @param shown what the policy shows of the stream
    private OptionalLong read(StreamRead read, Predicate<RecordedEvent> shown, Feed.Sink sink)
            throws InterruptedException {
        Optional<IndexStream> index = index(read.stream());
        if (index.isPresent()) {
            return readIndex(index.get(), read, sink);
        }
        Lifecycle life = lifecycles.read(StreamNames.subjectOf(read.stream()));
        if (life.isTombstoned()) {
            throw RefusedException.streamDeleted(read.stream());
        }
        long last = lifecycles.lastRevision(read.stream());
        boolean isGone = life.isDeleted() && !StreamNames.isMetastream(read.stream());
        if (last < 0 || isGone) {
            return OptionalLong.empty();
        }
        Visibility visible = lifecycles.visibility(read.stream(), life, last);
        if (read.backwards()) {
            backwards(read, visible, shown, sink, last);
        } else {
            forwards(read, visible, shown, sink, last);
        }
        return OptionalLong.of(last);
    }

    private void forwards(
            StreamRead read, Visibility visible, Predicate<RecordedEvent> shown, Feed.Sink sink, long last)
            throws InterruptedException {
        long asked = read.fromRevision().orElse(0);
        long next = Math.max(asked, visible.firstRevision());
        if (next <= last) {
            next = lifecycles.firstYoung(read.stream(), visible, next);
        }
        if (asked < next) {
            sink.begins(next);
        }
        long left = read.count();
        Presence presence = Presence.ofCaller();
        if (left > 0 && next <= last) {
            Read revisions = Read.stream(read.stream()).fromRevision(next).toRevision(last + 1);
            try (EventCursor cursor = store.read(revisions)) {
                while (left > 0 && cursor.hasNext()) {
                    RecordedEvent event = cursor.next();
                    if (shown.test(event)) {
                        left--;
                        sink.accept(delivery(event, read.resolvesLinks()));
                    } else {
                        presence.passed();
                    }
                }
            }
        }
    }

    private void backwards(
            StreamRead read, Visibility visible, Predicate<RecordedEvent> shown, Feed.Sink sink, long last)
            throws InterruptedException {
        long to = Math.min(read.fromRevision().orElse(last), last) + 1;
        long left = read.count();
        Presence presence = Presence.ofCaller();
        if (left > 0 && to > visible.firstRevision()) {
            Read revisions = Read.stream(read.stream())
                    .fromRevision(visible.firstRevision())
                    .toRevision(to)
                    .backwards();
            try (EventCursor cursor = store.read(revisions)) {
                while (left > 0 && cursor.hasNext()) {
                    RecordedEvent event = cursor.next();
                    if (!visible.isYoung(event)) {
                        return; // what is before it is older
                    }
                    if (shown.test(event)) {
                        left--;
                        sink.accept(delivery(event, read.resolvesLinks()));
                    } else {
                        presence.passed();
                    }
                }
            }
        }
    }

    private OptionalLong readIndex(IndexStream index, StreamRead read, Feed.Sink sink) throws InterruptedException {
        long count = index.count(store);
        if (count == 0) {
            return OptionalLong.empty();
        }
        @Nullable Caller caller = Caller.KEY.get();
        long last = count - 1;
        long from = Math.min(read.fromRevision().orElse(read.backwards() ? last : 0), read.backwards() ? last : count);
        long end = index.locate(store, count).position();
        IndexStream.Place place = index.locate(store, read.backwards() ? from + 1 : from);
        Read events = read.backwards()
                ? Read.matching(index.query()).toPosition(place.position()).backwards()
                : Read.matching(index.query()).fromPosition(place.position()).toPosition(end);
        Predicate<RecordedEvent> shown = access.shownTo(caller);
        long left = read.count();
        long revision = from;
        Presence presence = Presence.ofCaller();
        try (EventCursor cursor = store.read(events)) {
            while (left > 0 && cursor.hasNext()) {
                RecordedEvent event = cursor.next();
                if (shown.test(event)) {
                    RecordedEvent link = index.link(event, revision);
                    sink.accept(read.resolvesLinks() ? links.resolve(event, link, caller) : Delivery.of(link));
                    left--;
                } else {
                    presence.passed();
                }
                revision += read.backwards() ? -1 : 1;
            }
        }
        return OptionalLong.of(last);
    }

    /// Gives a page of the log.
    public void read(AllRead read, Feed.Sink sink) throws InterruptedException {
        long end = store.nextPosition();
        long position = Math.min(read.position().orElse(read.backwards() ? end : 0), end);
        Read events = read.backwards()
                ? Read.matching(read.filter().query()).toPosition(position).backwards()
                : Read.matching(read.filter().query()).fromPosition(position);
        Predicate<RecordedEvent> shown = access.shownTo(Caller.KEY.get());
        long left = read.count();
        Presence presence = Presence.ofCaller();
        try (EventCursor cursor = store.read(events)) {
            while (left > 0 && cursor.hasNext()) {
                RecordedEvent event = cursor.next();
                if (read.filter().predicate().test(event) && shown.test(event)) {
                    left--;
                    sink.accept(delivery(event, read.resolvesLinks()));
                } else {
                    presence.passed();
                }
            }
        }
    }

    private Delivery delivery(RecordedEvent event, boolean resolves) {
        return resolves ? links.resolve(event, Caller.KEY.get()) : Delivery.of(event);
    }

    /// A feed of a stream, which need not exist yet.
    ///
    /// @param fromRevision the first that it gives; empty = what comes after the stream's end as it is now
    public Feed feed(String stream, OptionalLong fromRevision, boolean resolvesLinks) {
        Optional<Links> resolver = resolvesLinks ? Optional.of(links) : Optional.empty();
        Function<IndexStream, Feed> ofIndex = index ->
                new IndexFeed(store, index, access, resolver, fromRevision.orElseGet(() -> index.count(store)));
        return index(stream)
                .map(ofIndex)
                .orElseGet(() -> new StreamFeed(
                        store,
                        lifecycles,
                        access,
                        stream,
                        resolver,
                        fromRevision.orElseGet(() -> lifecycles.lastRevision(stream) + 1)));
    }

    /// A feed of the log.
    ///
    /// @param fromPosition in our log, of the first event that it looks at; empty = what comes
    ///     after the log's end as it is now
    public Feed feed(EventFilter filter, OptionalLong fromPosition, boolean resolvesLinks) {
        return new AllFeed(
                store,
                filter,
                access,
                resolvesLinks ? Optional.of(links) : Optional.empty(),
                fromPosition.orElseGet(store::nextPosition));
    }

    /// Whether the stream is made from an index, so that its links are in no stream of the store.
    public boolean isIndex(String stream) {
        return index(stream).isPresent();
    }

    private Optional<IndexStream> index(String name) {
        if (!StreamNames.isSystem(name)) {
            return Optional.empty();
        }
        Optional<IndexStream> known = indexes.find(name);
        if (known.isPresent()) {
            return known;
        }
        // Two that are made at once count alike; one of them is remembered.
        Optional<IndexStream> made = IndexStream.of(name);
        made.ifPresent(one -> indexes.put(name, one));
        return made;
    }
}
