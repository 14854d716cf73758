package dev.everfold.log.index;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The parts of an index, oldest first: runs, full memtables that wait to be written, the active
/// memtable.
///
/// Readers take the whole list as it is at that moment; changes replace it.
final class Parts {

    private volatile Part[] parts;

    Parts(List<? extends Part> parts) {
        this.parts = parts.toArray(Part[]::new);
    }

    /// All parts; not to be changed.
    Part[] all() {
        return parts;
    }

    /// Puts a new active memtable behind the others.
    synchronized void append(Memtable active) {
        Part[] longer = Arrays.copyOf(parts, parts.length + 1);
        longer[parts.length] = active;
        parts = longer;
    }

    /// Puts one part in the place of others that are adjacent.
    synchronized void replace(List<? extends Part> sources, Part target) {
        List<Part> changed = new ArrayList<>(Arrays.asList(parts));
        int at = changed.indexOf(sources.getFirst());
        List<Part> replaced = changed.subList(at, at + sources.size());
        if (!replaced.equals(sources)) {
            throw new IllegalStateException("The parts to be replaced are not adjacent: " + sources.size() + " from "
                    + sources.getFirst().fromPosition() + " on.");
        }
        replaced.clear();
        changed.add(at, target);
        parts = changed.toArray(Part[]::new);
    }

    /// Puts runs in the place of everything that they cover, except the active memtable.
    synchronized void replaceStart(List<RunFile> runs, Memtable active) {
        List<Part> changed = new ArrayList<>(runs);
        RunFile last = runs.getLast();
        for (Part part : parts) {
            Memtable memtable = switch (part) {
                case Memtable whole -> whole;
                case Part.Clipped clipped -> clipped.memtable();
                case RunFile run -> null;
            };
            if (memtable != null && (memtable.equals(active) || memtable.toFrame() > last.toFrame())) {
                changed.add(
                        memtable.fromFrame() >= last.toFrame()
                                ? memtable
                                : new Part.Clipped(memtable, last.toPosition(), last.toFrame()));
            }
        }
        parts = changed.toArray(Part[]::new);
    }

    List<RunFile> runs() {
        List<RunFile> runs = new ArrayList<>();
        for (Part part : parts) {
            if (part instanceof RunFile run) {
                runs.add(run);
            }
        }
        return runs;
    }

    /// How many full memtables wait to be written.
    int waiting() {
        Part[] now = parts;
        return (int) Arrays.stream(now)
                        .filter(part -> !(part instanceof RunFile))
                        .count()
                - 1;
    }

    /// The oldest full memtable that waits to be written; null when there is none.
    @Nullable
    Memtable oldestWaiting() {
        Part[] now = parts;
        for (int i = 0; i < now.length - 1; i++) {
            if (now[i] instanceof Memtable memtable) {
                return memtable;
            }
        }
        return null;
    }
}
