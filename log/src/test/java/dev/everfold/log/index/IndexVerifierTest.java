package dev.everfold.log.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.eventstore.Verification;
import dev.everfold.log.storage.FileStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IndexVerifierTest {

    private static final IndexOptions OPTIONS = IndexOptions.defaults()
            .withMemtable(300, 10_000, 10_000)
            .withFlushOnCloseEventsMin(1)
            .withRememberedAppendsMax(150)
            .withWriteBytesPerSecond(Long.MAX_VALUE);

    @TempDir
    Path directory;

    private final RandomLog log = new RandomLog(71, 4_000);
    private FileStorage storage;

    @BeforeEach
    void openStorage() {
        storage = new FileStorage(directory);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1L, 0xffL, 0L})
    void runs_made_from_the_log_are_right(long mask) throws IOException {
        IndexOptions options = OPTIONS.withHashMask(mask);
        build(options);

        try (LogIndex index = open(options, false)) {
            IndexVerifier verifier = new IndexVerifier(index);
            feed(verifier, UnaryOperator.identity());

            assertThat(verifier.finish()).isEmpty();
            assertThat(verifier.bytes()).isEqualTo(index.bytes()).isPositive();
        }
    }

    @Test
    void every_damaged_block_is_named() throws IOException {
        build(OPTIONS);
        String file;
        long at;
        try (LogIndex index = open(OPTIONS, false)) {
            RunFile run = index.runFiles().get(1);
            file = run.name();
            at = run.layout().bloomAt();
            Damage.flip(directory.resolve(file), at + 77);
            Damage.flip(directory.resolve(file), at + 4096 + 77);
        }

        assertThat(verify(UnaryOperator.identity()))
                .extracting(Verification.Damage::file, Verification.Damage::offset)
                .containsExactly(tuple(file, at), tuple(file, at + 4096));
    }

    @Test
    void a_run_that_cannot_be_opened_is_named() throws IOException {
        build(OPTIONS);
        String file = storage.list().getFirst();
        Damage.flip(directory.resolve(file), 41);

        assertThat(verify(UnaryOperator.identity())).hasSize(1).first().satisfies(damage -> {
            assertThat(damage.file()).isEqualTo(file);
            assertThat(damage.what()).isEqualTo("the checksum of its header is wrong");
        });
    }

    @Test
    void an_event_with_another_stream_type_tag_or_id_than_indexed_is_found() throws IOException {
        build(OPTIONS);
        RecordedEvent event = log.events.get(1_234);
        List<String> moreTags = new ArrayList<>(event.tags());
        moreTags.add("unindexed");

        assertThat(verifyWith(copy(event, "other-1", event.type(), event.id(), event.tags())))
                .anyMatch(damage -> damage.what().contains("position 1234 has no posting"));
        assertThat(verifyWith(copy(event, event.stream(), "other", event.id(), event.tags())))
                .anyMatch(damage -> damage.what().contains("position 1234 has no posting"))
                .anyMatch(damage -> damage.what().startsWith("events of each type: "));
        assertThat(verifyWith(copy(event, event.stream(), event.type(), new UUID(1, 1), event.tags())))
                .anyMatch(damage -> damage.what().contains("position 1234 has no posting"));
        assertThat(verifyWith(copy(event, event.stream(), event.type(), event.id(), moreTags)))
                .anyMatch(damage -> damage.what().contains("position 1234 has no posting"))
                .anyMatch(damage -> damage.what().startsWith("postings: "));
    }

    @Test
    void a_posting_that_the_log_does_not_have_is_found() throws IOException {
        build(OPTIONS);
        RecordedEvent tagged = log.events.stream()
                .filter(event -> event.tags().size() > 1)
                .findFirst()
                .orElseThrow();

        assertThat(verifyWith(copy(tagged, tagged.stream(), tagged.type(), tagged.id(), List.of())))
                .singleElement()
                .satisfies(damage -> assertThat(damage.what()).startsWith("postings: "));
    }

    @Test
    void an_append_with_another_id_is_found() throws IOException {
        build(OPTIONS);
        int changed = log.frames.size() - 3;
        RandomLog.Frame frame = log.frames.get(changed);
        log.frames.set(changed, new RandomLog.Frame(new UUID(1, 2), frame.fromPosition(), frame.count(), Map.of()));

        assertThat(verify(UnaryOperator.identity()))
                .extracting(Verification.Damage::what)
                .contains("append of " + frame.count() + " events at position " + frame.fromPosition()
                        + " found, another expected from the log: " + frame.count() + " events at position "
                        + frame.fromPosition());
    }

    @Test
    void missing_events_and_other_trackings_than_those_of_the_log_are_found() throws IOException {
        build(OPTIONS);
        try (LogIndex index = open(OPTIONS, false)) {
            IndexVerifier verifier = new IndexVerifier(index);
            for (int number = 0; number < log.frames.size(); number++) {
                verifier.startFrame(number);
                verifier.tracking("never", 7);
            }

            assertThat(verifier.finish())
                    .extracting(Verification.Damage::what)
                    .anyMatch(what -> what.startsWith("appends: "))
                    .anyMatch(what -> what.startsWith("tracking positions: "))
                    .anyMatch(what -> what.startsWith("events: "))
                    .anyMatch(what -> what.startsWith("streams: "));
        }
    }

    private void build(IndexOptions options) throws IOException {
        try (LogIndex index = open(options, true)) {
            log.addTo(index);
            index.flush(log.frames.size());
            assertThat(index.toFrame()).isEqualTo(log.frames.size());
            assertThat(index.runs()).isGreaterThan(2);
        }
    }

    private List<Verification.Damage> verifyWith(RecordedEvent changed) throws IOException {
        return verify(event -> event.position() == changed.position() ? changed : event);
    }

    private List<Verification.Damage> verify(UnaryOperator<RecordedEvent> change) throws IOException {
        try (LogIndex index = open(OPTIONS, false)) {
            IndexVerifier verifier = new IndexVerifier(index);
            feed(verifier, change);
            return verifier.finish();
        }
    }

    private void feed(IndexVerifier verifier, UnaryOperator<RecordedEvent> change) {
        for (int number = 0; number < log.frames.size(); number++) {
            RandomLog.Frame frame = log.frames.get(number);
            verifier.startFrame(number);
            verifier.append(
                    frame.id().getMostSignificantBits(),
                    frame.id().getLeastSignificantBits(),
                    frame.fromPosition(),
                    frame.count());
            for (int i = 0; i < frame.count(); i++) {
                verifier.event(change.apply(log.events.get((int) frame.fromPosition() + i)));
            }
            for (Map.Entry<String, Long> tracking : frame.trackings().entrySet()) {
                verifier.tracking(tracking.getKey(), tracking.getValue());
            }
        }
    }

    private static RecordedEvent copy(RecordedEvent event, String stream, String type, UUID id, List<String> tags) {
        return RandomLog.event(event.position(), event.revision(), stream, type, id, tags);
    }

    private LogIndex open(IndexOptions options, boolean writable) throws IOException {
        return LogIndex.open(storage, options, RandomLog.STORE, log.frames.size(), writable, Runnable::run);
    }
}
