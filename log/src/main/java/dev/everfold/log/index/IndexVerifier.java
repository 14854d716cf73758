package dev.everfold.log.index;

import dev.everfold.eventstore.RecordedEvent;
import dev.everfold.eventstore.Verification.Damage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Proves the runs of an index against the log.
///
/// It is fed everything that the log holds, in order from the first frame: [#startFrame], then the
/// frame's events, appends and trackings; [#finish] says what is wrong. Of each run it checks that
/// every block has its checksum, that every term of every event has its posting, and that there are
/// no other postings, since their total is right, they rise, and none belongs to two terms; that
/// appends, tracking positions and counts are those of the log.
///
/// Memory does not grow with the log. Used by one thread.
public final class IndexVerifier {

    /// One damage may falsify everything behind it: the rest of a run's list says nothing new.
    private static final int DAMAGES_PER_RUN_MAX = 20;

    private final TermHash terms;
    private final List<RunFile> runs;
    private final List<Damage> damages = new ArrayList<>();
    private int nextRun;
    private @Nullable RunCheck current;
    private long bytes;

    /// Verifies the runs that the index has now.
    public IndexVerifier(LogIndex index) {
        this.terms = index.terms();
        this.runs = index.runFiles();
        index.rejected().forEach(damage -> damages.add(new Damage(damage.file(), damage.offset(), damage.what())));
        this.current = next();
    }

    /// What follows is of this commit frame; frames come in rising order.
    public void startFrame(long frame) {
        while (current != null && current.run.toFrame() <= frame) {
            current.end();
            current = next();
        }
    }

    /// An event of the frame.
    public void event(RecordedEvent event) {
        if (current != null) {
            current.event(event);
        }
    }

    /// An append of the frame.
    public void append(long idMost, long idLeast, long fromPosition, int count) {
        if (current != null) {
            current.append(idMost, idLeast, fromPosition, count);
        }
    }

    /// A tracking position of the frame.
    public void tracking(String source, long position) {
        if (current != null) {
            current.trackings.put(source, position);
        }
    }

    /// Ends the verification.
    ///
    /// @return what is wrong; empty when all is well
    public List<Damage> finish() {
        startFrame(Long.MAX_VALUE);
        return List.copyOf(damages);
    }

    /// Bytes of the files that were checked so far.
    public long bytes() {
        return bytes;
    }

    private @Nullable RunCheck next() {
        if (nextRun == runs.size()) {
            return null;
        }
        RunCheck check = new RunCheck(runs.get(nextRun++));
        bytes += check.layout.fileBytes();
        check.blocks();
        return check;
    }

    /// The check of one run.
    private final class RunCheck {

        private final RunFile run;
        private final RunFormat.Layout layout;
        private final Map<String, Long> trackings = new TreeMap<>();
        private final TypeCounts types = new TypeCounts();
        private final List<long[]> storedAppends = new ArrayList<>();
        private long[] eventTerms = new long[16];
        private int eventTermCount;
        private long events;
        private long postings;
        private long appends;
        private int damageCount;
        private boolean unreadable;

        RunCheck(RunFile run) {
            this.run = run;
            this.layout = run.layout();
        }

        void blocks() {
            for (int block = 0; block < layout.blocks(); block++) {
                try {
                    run.checkBlock(block);
                } catch (CorruptIndexException damage) {
                    unreadable = true;
                    report(damage.offset(), damage.what());
                }
            }
            if (!unreadable) {
                run.forEachAppend(
                        0, (most, least, from, count) -> storedAppends.add(new long[] {most, least, from, count}));
            }
        }

        void event(RecordedEvent event) {
            if (unreadable) {
                return;
            }
            if (event.position() != run.fromPosition() + events) {
                report(
                        0,
                        "position " + (run.fromPosition() + events) + " found, " + event.position()
                                + " expected from the log");
            }
            events++;
            eventTermCount = 0;
            event.withStream((buffer, at, length) -> {
                addTerm(terms.stream(buffer, at, length));
                addTerm(terms.categoryOf(buffer, at, length));
            });
            event.withType((buffer, at, length) -> {
                long term = terms.type(buffer, at, length);
                addTerm(term);
                types.add(term, buffer, at, length);
            });
            event.forEachTag((buffer, at, length) -> addTerm(terms.tag(buffer, at, length)));
            addTerm(terms.id(event.idMost(), event.idLeast()));
            if (event.revision() == 0) {
                addTerm(terms.firstOfStream());
                types.addStream();
            }
            Arrays.sort(eventTerms, 0, eventTermCount);
            for (int i = 0; i < eventTermCount; i++) {
                if (i == 0 || eventTerms[i] != eventTerms[i - 1]) {
                    posting(eventTerms[i], event.position());
                }
            }
        }

        void append(long idMost, long idLeast, long fromPosition, int count) {
            long index = appends++ - layout.appendsDropped();
            if (unreadable || index < 0 || index >= storedAppends.size()) {
                return;
            }
            long[] stored = storedAppends.get((int) index);
            if (!Arrays.equals(stored, new long[] {idMost, idLeast, fromPosition, count})) {
                report(
                        layout.appendsAt() + index * RunFormat.APPEND_BYTES,
                        "append of " + stored[3]
                                + " events at position " + stored[2] + " found, another expected from the log: " + count
                                + " events at position " + fromPosition);
            }
        }

        void end() {
            if (unreadable) {
                return;
            }
            equal(0, "events", run.info().events(), events);
            equal(layout.postingsAt(), "postings", storedPostings(), postings);
            equal(layout.appendsAt(), "appends", layout.appends() + layout.appendsDropped(), appends);
            equal(layout.footerAt(), "streams", layout.streams(), types.streams());
            Map<String, Long> stored = new TreeMap<>();
            run.addTrackingsTo(stored);
            equal(layout.trackingsAt(), "tracking positions", stored, trackings);
            Map<String, Long> counted = new TreeMap<>();
            types.addTo(counted);
            stored.clear();
            run.addTypesTo(stored);
            equal(layout.typesAt(), "events of each type", stored, counted);
        }

        /// Goes through all terms.
        ///
        /// @return how many postings they have
        private long storedPostings() {
            long total = 0;
            long nextFirst = 0;
            for (long index = 0; index < layout.terms(); index++) {
                long hash = run.hash(index);
                long value = run.value(index);
                long at = layout.termsAt() + index * RunFormat.TERM_BYTES;
                total += RunFile.countOf(value);
                if (index > 0 && Long.compareUnsigned(run.hash(index - 1), hash) >= 0) {
                    report(at, "term " + index + " is not above the one before it");
                }
                if (!run.mayHold(hash)) {
                    report(at, "term " + index + " is missing in the bloom filter");
                }
                if (value < 0) {
                    if (RunFile.firstOf(value) != nextFirst) {
                        report(at, "postings of term " + index + " do not begin where those of the one before end");
                        return total;
                    }
                    nextFirst += RunFile.countOf(value);
                    if (nextFirst > layout.postings()) {
                        report(at, "postings of term " + index + " end behind all postings");
                        return total;
                    }
                }
                rising(at, index, run.postings(value));
            }
            equal(layout.postingsAt(), "postings of terms with two or more", layout.postings(), nextFirst);
            return total;
        }

        private void rising(long at, long index, Postings list) {
            for (int i = 1; i < list.count(); i++) {
                if (list.at(i) <= list.at(i - 1)) {
                    report(at, "postings of term " + index + " do not rise");
                    return;
                }
            }
        }

        private void posting(long term, long position) {
            postings++;
            Postings list = run.find(term);
            int rank = list == null ? 0 : list.rank(position);
            if (list == null || rank == list.count() || list.at(rank) != position) {
                report(layout.postingsAt(), "a term of the event at position " + position + " has no posting for it");
            }
        }

        private void addTerm(long term) {
            if (eventTermCount == eventTerms.length) {
                eventTerms = Arrays.copyOf(eventTerms, 2 * eventTermCount);
            }
            eventTerms[eventTermCount++] = term;
        }

        private void equal(long at, String what, Object found, Object expected) {
            if (!found.equals(expected)) {
                report(at, what + ": " + found + " found, " + expected + " expected from the log");
            }
        }

        private void report(long at, String what) {
            if (++damageCount <= DAMAGES_PER_RUN_MAX) {
                damages.add(new Damage(run.name(), at, what));
            }
        }
    }
}
