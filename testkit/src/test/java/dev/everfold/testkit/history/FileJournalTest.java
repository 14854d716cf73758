package dev.everfold.testkit.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.everfold.eventstore.EventStore;
import dev.everfold.eventstore.InMemoryEventStore;
import dev.everfold.eventstore.Limits;
import dev.everfold.testkit.MutableClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileJournalTest {

    @TempDir
    Path temporary;

    /// Writes to two journals.
    private record Both(Journal one, Journal other) implements Journal {
        @Override
        public void invoked(int number, long nanos, Call call) {
            one.invoked(number, nanos, call);
            other.invoked(number, nanos, call);
        }

        @Override
        public void answered(int number, long nanos, Answer answer) {
            one.answered(number, nanos, answer);
            other.answered(number, nanos, answer);
        }
    }

    @Test
    void what_a_client_did_comes_back_from_its_file() throws IOException {
        MemoryJournal memory = new MemoryJournal("alice");
        Path file = record(memory, 400);

        assertThat(FileJournal.read(file)).isEqualTo(memory.calls());
        assertThat(memory.calls())
                .extracting(ClientCall::answer)
                .hasAtLeastOneElementOfType(Answer.Accepted.class)
                .hasAtLeastOneElementOfType(Answer.Refused.class)
                .hasAtLeastOneElementOfType(Answer.Seen.class)
                .hasAtLeastOneElementOfType(Answer.TrackedAt.class)
                .hasAtLeastOneElementOfType(Answer.NextAt.class);
    }

    @Test
    void a_journal_that_was_cut_off_anywhere_holds_what_came_before() throws IOException {
        MemoryJournal memory = new MemoryJournal("alice");
        byte[] whole = Files.readAllBytes(record(memory, 20));
        int header = JournalFormat.header("alice").length;

        for (int length = header; length < whole.length; length++) {
            Path cut = temporary.resolve("cut");
            Files.write(cut, Arrays.copyOf(whole, length));

            List<ClientCall> calls = FileJournal.read(cut);

            int answered = Math.max(0, calls.size() - 1);
            assertThat(calls.subList(0, answered)).isEqualTo(memory.calls().subList(0, answered));
            if (calls.size() > answered) {
                ClientCall last = memory.calls().get(answered);
                assertThat(calls.getLast())
                        .isIn(last, last.answered(new Answer.Unknown()).at(last.invokedNanos(), ClientCall.NEVER));
            }
        }
    }

    @Test
    void a_changed_entry_ends_the_journal() throws IOException {
        Path file = record(new MemoryJournal("alice"), 20);
        byte[] bytes = Files.readAllBytes(file);
        bytes[JournalFormat.header("alice").length + 20] ^= 1;
        Files.write(file, bytes);

        assertThat(FileJournal.read(file)).isEmpty();
    }

    @Test
    void another_file_is_not_a_journal() throws IOException {
        Path file = Files.writeString(temporary.resolve("other"), "EVHIST99");

        assertThatThrownBy(() -> FileJournal.read(file))
                .isInstanceOf(IOException.class)
                .hasMessage("Not a journal of a history: expected it to begin with EVHIST01.");
    }

    private Path record(Journal memory, int calls) throws IOException {
        Path file = temporary.resolve("alice");
        MutableClock clock = MutableClock.at("2026-03-01T12:00:00Z");
        try (EventStore store = new InMemoryEventStore(clock, Limits.DEFAULTS);
                FileJournal journal = FileJournal.create(file, "alice")) {
            new HistoryWorkload(7, 1, calls).runClient(0, new HistoryClient(store, new Both(journal, memory)));
        }
        return file;
    }
}
