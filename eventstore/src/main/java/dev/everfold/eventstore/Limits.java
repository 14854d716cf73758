package dev.everfold.eventstore;

/// How much a store takes at once; every limit is checked at the door, before anything is queued.
///
/// Immutable; each `with…` method returns a changed copy. Sizes are in bytes of UTF-8 for names and of
/// encoded records ([EventFormat]) for events.
///
/// @param eventBytesMax one event, encoded with its names, metadata and data; 1,024..16,777,216
/// @param metadataBytesMax metadata of one event; 0..16,777,216
/// @param appendBytesMax all events of one append, encoded; at least `eventBytesMax`, at most 67,108,864
/// @param appendEventsMax events of one append; 1..100,000
/// @param nameBytesMax a stream, type, tag, category, content type or tracking source; 1..16,384
/// @param tagsMax tags of one event; 0..4,096
/// @param conditionsMax conditions of one append; 1..10,000
/// @param queryTermsMax streams, categories, types, tags, ids and items of one query, all counted;
///     1..100,000
/// @param rememberedAppends how many accepted appends a store remembers to recognise repeats;
///     1..100,000,000
public record Limits(
        int eventBytesMax,
        int metadataBytesMax,
        int appendBytesMax,
        int appendEventsMax,
        int nameBytesMax,
        int tagsMax,
        int conditionsMax,
        int queryTermsMax,
        int rememberedAppends) {

    /// 1 MiB an event, 64 KiB metadata, 4 MiB and 10,000 events an append, 1,024 bytes a name, 64 tags
    /// an event, 100 conditions an append, 2,000 terms a query, 1,000,000 remembered appends.
    public static final Limits DEFAULTS =
            new Limits(1 << 20, 64 << 10, 4 << 20, 10_000, 1_024, 64, 100, 2_000, 1_000_000);

    /// @throws IllegalArgumentException when a limit is out of its range
    public Limits {
        checkRange("eventBytesMax", eventBytesMax, 1_024, 16 << 20);
        checkRange("metadataBytesMax", metadataBytesMax, 0, 16 << 20);
        checkRange("appendBytesMax", appendBytesMax, eventBytesMax, 64 << 20);
        checkRange("appendEventsMax", appendEventsMax, 1, 100_000);
        checkRange("nameBytesMax", nameBytesMax, 1, 16_384);
        checkRange("tagsMax", tagsMax, 0, 4_096);
        checkRange("conditionsMax", conditionsMax, 1, 10_000);
        checkRange("queryTermsMax", queryTermsMax, 1, 100_000);
        checkRange("rememberedAppends", rememberedAppends, 1, 100_000_000);
    }

    /// The same limits with another number of remembered appends.
    public Limits withRememberedAppends(int appends) {
        return new Limits(
                eventBytesMax,
                metadataBytesMax,
                appendBytesMax,
                appendEventsMax,
                nameBytesMax,
                tagsMax,
                conditionsMax,
                queryTermsMax,
                appends);
    }

    /// The same limits with other sizes of events and appends.
    public Limits withBytesMax(int ofEvent, int ofAppend) {
        return new Limits(
                ofEvent,
                metadataBytesMax,
                ofAppend,
                appendEventsMax,
                nameBytesMax,
                tagsMax,
                conditionsMax,
                queryTermsMax,
                rememberedAppends);
    }

    /// Checks an append at the door.
    ///
    /// @throws LimitExceededException when something of it is too large or too many; it names the limit
    public void check(Append append) {
        check("Append", append.events().size(), "events", appendEventsMax, "appendEventsMax");
        check("Append", append.conditions().size(), "conditions", conditionsMax, "conditionsMax");
        append.tracking().ifPresent(tracking -> checkName("Tracking source", tracking.source()));
        long bytesAtMost = 0;
        for (NewEvent event : append.events()) {
            bytesAtMost += check(event);
        }
        if (bytesAtMost > appendBytesMax) {
            long bytes = append.events().stream()
                    .mapToLong(EventFormat::encodedBytes)
                    .sum();
            check("Append", bytes, "bytes", appendBytesMax, "appendBytesMax");
        }
        append.conditions().forEach(this::check);
    }

    /// Checks a read at the door.
    ///
    /// @throws LimitExceededException when a name is too long or the query has too many terms
    public void check(Read read) {
        switch (read.source()) {
            case Read.Source.Matching matching -> check(matching.query());
            case Read.Source.Revisions revisions -> checkName("Stream", revisions.stream());
        }
    }

    /// A length that the event's record does not exceed, in bytes.
    private long check(NewEvent event) {
        checkName("Stream", event.stream());
        checkName("Event type", event.type());
        checkName("Content type", event.contentType());
        if (event.tags().size() > tagsMax) {
            check("Event \"" + event.type() + "\"", event.tags().size(), "tags", tagsMax, "tagsMax");
        }
        for (String tag : event.tags()) {
            checkName("Tag", tag);
        }
        int metadataBytes = event.metadata().length();
        if (metadataBytes > metadataBytesMax) {
            String what = "Metadata of event \"" + event.type() + "\"";
            check(what, metadataBytes, "bytes", metadataBytesMax, "metadataBytesMax");
        }
        long atLeast = (long) event.data().length() + event.metadata().length();
        if (atLeast > eventBytesMax) {
            check("Event \"" + event.type() + "\"", atLeast, "bytes", eventBytesMax, "eventBytesMax");
        }
        long atMost = EventFormat.encodedBytesAtMost(event);
        if (atMost > eventBytesMax) {
            int bytes = EventFormat.encodedBytes(event);
            check("Event \"" + event.type() + "\"", bytes, "bytes", eventBytesMax, "eventBytesMax");
        }
        return atMost;
    }

    private void check(AppendCondition condition) {
        switch (condition) {
            case AppendCondition.StreamAt streamAt -> checkName("Stream", streamAt.stream());
            case AppendCondition.NothingMatching nothingMatching -> check(nothingMatching.query());
        }
    }

    private void check(Query query) {
        long terms = 0;
        for (Query.Item item : query.items()) {
            terms += 1L + item.types().size() + item.tags().size() + item.ids().size();
            terms += (item.stream().isPresent() ? 1 : 0) + (item.category().isPresent() ? 1 : 0);
            item.stream().ifPresent(name -> checkName("Stream", name));
            item.category().ifPresent(name -> checkName("Category", name));
            item.types().forEach(name -> checkName("Event type", name));
            item.tags().forEach(name -> checkName("Tag", name));
        }
        check("Query", terms, "terms", queryTermsMax, "queryTermsMax");
    }

    private void checkName(String what, String name) {
        // A UTF-16 unit takes at most three bytes, so most names need no counting.
        if (name.length() * 3L > nameBytesMax) {
            check(what + " \"" + abbreviated(name) + "\"", Utf8.bytes(name), "bytes", nameBytesMax, "nameBytesMax");
        }
    }

    private static String abbreviated(String name) {
        return name.length() <= 40 ? name : name.substring(0, name.offsetByCodePoints(0, 20)) + "…";
    }

    private static void check(String what, long found, String unit, int max, String limit) {
        if (found > max) {
            throw new LimitExceededException(what, found, unit, max, limit);
        }
    }

    private static void checkRange(String limit, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(
                    "Limits." + limit + " is " + value + "; expected " + min + ".." + max + ".");
        }
    }
}
