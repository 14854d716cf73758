package dev.everfold.kurrent.stream;

import dev.everfold.eventstore.Append;
import dev.everfold.eventstore.AppendCondition;
import dev.everfold.eventstore.AppendCondition.NothingMatching;
import dev.everfold.eventstore.AppendCondition.StreamAt;
import dev.everfold.eventstore.Bytes;
import dev.everfold.eventstore.Expected;
import dev.everfold.eventstore.NewEvent;
import dev.everfold.eventstore.Query;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// A request in the words of our contract, as decided with the lifecycles that were known: events and conditions.
///
/// A condition is either what the client expects, or a guard: what was known when this was
/// decided. When a guard does not hold, something changed meanwhile, and it is decided again.
final class AppendPlan {

    private final AppendRequest request;
    private final Set<String> changed;
    private final Lifecycles lifecycles;
    private final List<NewEvent> events;
    private final Map<AppendCondition, String> expectations = new LinkedHashMap<>();
    private final List<AppendCondition> guards = new ArrayList<>();
    private final Map<String, Violation> violations = new LinkedHashMap<>();
    private final Map<String, Long> knownMetaRevisions = new HashMap<>();

    private AppendPlan(AppendRequest request, Set<String> changed, Lifecycles lifecycles) {
        this.request = request;
        this.changed = changed;
        this.lifecycles = lifecycles;
        this.events = new ArrayList<>(request.events());
    }

    /// Decides.
    ///
    /// @param changed streams that get events or are deleted, which those with a tombstone are not any more
    static AppendPlan of(AppendRequest request, Set<String> changed, Lifecycles lifecycles) {
        AppendPlan plan = new AppendPlan(request, changed, lifecycles);
        request.expected().forEach(plan::decide);
        return plan;
    }

    /// One more event, made from what is known of its stream.
    void add(NewEvent event) {
        events.add(event);
    }

    /// The stream has events, or metadata.
    void expectSomething(String stream) {
        if (lifecycle(stream).metaRevision() < 0) {
            expectations.put(new StreamAt(stream, Expected.exists()), stream);
        }
    }

    /// What is known of the stream.
    Lifecycle lifecycle(String stream) {
        return lifecycles.remembered(StreamNames.subjectOf(stream));
    }

    /// Streams that are known not to be as expected; the append is not worth trying when there are some.
    Map<String, Violation> violations() {
        return violations;
    }

    /// The stream whose expectation this condition is; empty for a guard.
    Optional<String> expectationOf(AppendCondition condition) {
        return Optional.ofNullable(expectations.get(condition));
    }

    /// The append, whose id is the same when the same is requested again, and the ids of its events
    /// too: a repeat may be decided where it is not known yet what the append changed.
    Append append() {
        if (request.events().isEmpty()) {
            return new Append(UUID.randomUUID(), events, conditions(), Optional.empty());
        }
        UUID id = id();
        List<NewEvent> identified = new ArrayList<>(request.events());
        for (int i = request.events().size(); i < events.size(); i++) {
            identified.add(
                    events.get(i).withId(new UUID(id.getMostSignificantBits(), id.getLeastSignificantBits() ^ i)));
        }
        return new Append(id, identified, conditions(), Optional.empty());
    }

    /// A question whether the conditions hold, without events.
    Append check() {
        return new Append(UUID.randomUUID(), List.of(), conditions(), Optional.empty());
    }

    private List<AppendCondition> conditions() {
        List<AppendCondition> all = new ArrayList<>(guards);
        all.addAll(expectations.keySet());
        return all;
    }

    private void decide(String stream, ExpectedState expected) {
        Lifecycle life = lifecycle(stream);
        knownMetaRevisions.put(life.stream(), life.metaRevision());
        guards.add(life.unchanged());
        if (life.isTombstoned()) {
            boolean isMeant = expected.equals(ExpectedState.TOMBSTONED)
                    || expected.equals(ExpectedState.NO_STREAM)
                    || expected.equals(ExpectedState.ANY);
            if (!isMeant || changed.contains(stream)) {
                long last = lifecycles.lastRevision(stream);
                violations.put(stream, new Violation(stream, expected, ExpectedState.TOMBSTONED.value(), last));
            }
        } else if (StreamNames.isMetastream(stream)) {
            decideMetastream(stream, expected, life);
        } else if (life.isDeleted()) {
            decideDeleted(stream, expected, life);
        } else {
            decideLiving(stream, expected, life);
        }
    }

    private void decideLiving(String stream, ExpectedState expected, Lifecycle life) {
        if (expected.equals(ExpectedState.NO_STREAM)) {
            expectations.put(new StreamAt(stream, Expected.noStream()), stream);
        } else if (expected.isExact()) {
            expectations.put(new StreamAt(stream, Expected.revision(expected.value())), stream);
        } else if (expected.equals(ExpectedState.ANY)) {
            expectUnknown(stream, life.beginning());
        } else if (expected.equals(ExpectedState.EXISTS)) {
            if (life.metaRevision() < 0) {
                expectations.put(new StreamAt(stream, Expected.exists()), stream);
            }
            expectUnknown(stream, life.beginning());
        } else {
            violations.put(stream, Violation.found(stream, expected, lifecycles.lastRevision(stream)));
        }
    }

    /// Where the version does not tell a repeat, the id of the first event does, from where the stream
    /// began.
    private void expectUnknown(String stream, long beginning) {
        List<NewEvent> ofStream = request.eventsOf(stream);
        if (!ofStream.isEmpty()) {
            Query known = Query.of(new Query.Item()
                    .withStream(stream)
                    .withIds(Set.of(ofStream.getFirst().id())));
            expectations.put(new NothingMatching(known, beginning), stream);
        }
    }

    private void decideDeleted(String stream, ExpectedState expected, Lifecycle life) {
        boolean isWritten = request.written().contains(stream);
        long last = lifecycles.lastRevision(stream);
        boolean holds = expected.isExact()
                ? expected.equals(ExpectedState.NO_STREAM) || expected.value() == last
                : expected.equals(ExpectedState.ANY) || expected.equals(ExpectedState.DELETED);
        if (!holds) {
            violations.put(stream, new Violation(stream, expected, ExpectedState.DELETED.value(), last));
        } else if (isWritten) {
            guards.add(at(stream, last));
            revive(life, life.json(), last);
        }
    }

    /// A stream of metadata is where its guard says, so what is expected can be told at once.
    private void decideMetastream(String stream, ExpectedState expected, Lifecycle life) {
        long last = life.metaRevision();
        boolean holds = expected.isExact()
                ? expected.value() == last
                : expected.equals(ExpectedState.ANY) || (expected.equals(ExpectedState.EXISTS) && last >= 0);
        if (!holds) {
            violations.put(stream, Violation.found(stream, expected, last));
            return;
        }
        if (!expected.isExact()) {
            // The stream may have begun later than its metadata.
            expectUnknown(stream, 0);
        }
        if (life.isDeleted() && !request.eventsOf(stream).isEmpty()) {
            long lastOfSubject = lifecycles.lastRevision(life.stream());
            guards.add(at(life.stream(), lastOfSubject));
            revive(life, request.eventsOf(stream).getLast().data(), lastOfSubject);
        }
    }

    /// Ends the deletion: what was there before stays hidden, what comes is seen.
    private void revive(Lifecycle life, Bytes metadata, long lastRevision) {
        events.add(NewEvent.of(
                StreamNames.metastreamOf(life.stream()),
                StreamNames.METADATA_TYPE,
                StreamMetadata.withTruncateBefore(metadata, lastRevision + 1)));
    }

    private static StreamAt at(String stream, long lastRevision) {
        return new StreamAt(stream, lastRevision < 0 ? Expected.noStream() : Expected.revision(lastRevision));
    }

    /// Made from all that makes two requests the same: streams, what is expected of them and of
    /// their metadata, and ids.
    private UUID id() {
        MessageDigest digest = sha256();
        request.expected().forEach((stream, expected) -> {
            update(digest, stream);
            Long metaRevision = knownMetaRevisions.get(StreamNames.subjectOf(stream));
            update(digest, expected.value(), metaRevision == null ? -1 : metaRevision);
        });
        for (NewEvent event : request.events()) {
            update(digest, event.id().getMostSignificantBits(), event.id().getLeastSignificantBits());
            if (request.expected().size() > 1) {
                update(digest, event.stream());
            }
        }
        ByteBuffer hash = ByteBuffer.wrap(digest.digest());
        // Version 8 and the variant of RFC 9562: bits of our own making.
        long most = (hash.getLong() & ~0xF000L) | 0x8000L;
        long least = (hash.getLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
        return new UUID(most, least);
    }

    private static void update(MessageDigest digest, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(4).putInt(0, bytes.length));
        digest.update(bytes);
    }

    private static void update(MessageDigest digest, long first, long second) {
        digest.update(ByteBuffer.allocate(16).putLong(0, first).putLong(8, second));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException missing) {
            throw new AssertionError("Every Java platform has SHA-256.", missing);
        }
    }
}
