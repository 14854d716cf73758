package dev.everfold.log.index;

import dev.everfold.log.storage.Storage;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The files of an index in the store's directory: which of them are the runs, and which are
/// leftovers.
///
/// There is no list of runs on disk: the names say what they cover. From the first commit frame on,
/// the run that reaches furthest and is whole is taken, then the one that begins where it ends, and
/// so on. Whatever is not taken is a leftover of a merge that a crash interrupted, of another
/// store, or lies behind a gap; it can be built again.
final class RunDirectory {

    private static final Logger LOG = System.getLogger(RunDirectory.class.getName());

    /// A run may vanish between listing and opening, since another process has merged it: then list
    /// again.
    private static final int LISTINGS_MAX = 3;

    private final Storage storage;
    private final RunFormat.Info start;

    /// Runs that could not be opened, as of the last listing.
    private final List<CorruptIndexException> rejected = new ArrayList<>();

    /// @param start the store, how its terms are hashed, and where its first run begins
    RunDirectory(Storage storage, RunFormat.Info start) {
        this.storage = storage;
        this.start = start;
    }

    /// The runs that adjoin each other from the start on, and end at or before a frame.
    ///
    /// @param known runs that are open already, by name
    List<RunFile> open(long frameLimit, Map<String, RunFile> known) throws IOException {
        for (int listing = 1; ; listing++) {
            rejected.clear();
            try {
                return chain(names(frameLimit), known);
            } catch (NoSuchFileException vanished) {
                if (listing == LISTINGS_MAX) {
                    throw vanished;
                }
            }
        }
    }

    RunFormat.Info start() {
        return start;
    }

    /// Why runs that are there were not taken, though they are in place.
    List<CorruptIndexException> rejected() {
        return List.copyOf(rejected);
    }

    /// Deletes all files of the index that are not of these runs, except those set aside as
    /// damaged.
    void deleteOthers(List<RunFile> runs) throws IOException {
        Set<String> kept = new HashSet<>();
        runs.forEach(run -> kept.add(run.name()));
        for (String file : storage.list()) {
            String run = file.endsWith(RunFormat.TEMPORARY_SUFFIX)
                    ? file.substring(0, file.length() - RunFormat.TEMPORARY_SUFFIX.length())
                    : file;
            if (RunFormat.Name.parse(run).isPresent() && !kept.contains(file)) {
                LOG.log(Level.INFO, "deleted index leftover dir={0} file={1}", storage.description(), file);
                deleteQuietly(storage, file);
            }
        }
    }

    static void deleteIfThere(Storage storage, String file) throws IOException {
        try {
            storage.delete(file);
        } catch (NoSuchFileException notThere) {
            LOG.log(Level.TRACE, "nothing to delete dir={0} file={1}", storage.description(), file);
        }
    }

    /// Deletes a leftover; when that fails it stays until the next open.
    static void deleteQuietly(Storage storage, String file) {
        try {
            deleteIfThere(storage, file);
        } catch (IOException failure) {
            LOG.log(Level.DEBUG, "index leftover remains dir=" + storage.description() + " file=" + file, failure);
        }
    }

    /// Names of runs up to a frame; of two that begin alike the one that reaches further comes
    /// first.
    private List<RunFormat.Name> names(long frameLimit) throws IOException {
        List<RunFormat.Name> names = new ArrayList<>();
        for (String file : storage.list()) {
            RunFormat.Name.parse(file)
                    .filter(name -> name.fromFrame() < name.toFrame() && name.toFrame() <= frameLimit)
                    .ifPresent(names::add);
        }
        names.sort(Comparator.comparingLong(RunFormat.Name::fromFrame)
                .thenComparing(Comparator.comparingLong(RunFormat.Name::toFrame).reversed()));
        return names;
    }

    private List<RunFile> chain(List<RunFormat.Name> names, Map<String, RunFile> known) throws IOException {
        List<RunFile> runs = new ArrayList<>();
        RunFormat.Info at = start;
        for (RunFormat.Name name : names) {
            if (name.fromFrame() == at.fromFrame()) {
                RunFile run = openAfter(at, name.toString(), known);
                if (run != null) {
                    runs.add(run);
                    at = run.info().next();
                }
            }
        }
        return runs;
    }

    /// Opens a run that is to begin at a place; null when it does not, or is not whole.
    private @Nullable RunFile openAfter(RunFormat.Info at, String name, Map<String, RunFile> known) throws IOException {
        RunFile open = known.get(name);
        if (open != null) {
            return open;
        }
        try {
            RunFile run = RunFile.open(storage, name);
            RunFormat.Info info = run.info();
            boolean fits = info.storeId().equals(at.storeId())
                    && info.probe() == at.probe()
                    && info.fromPosition() == at.toPosition();
            if (fits) {
                return run;
            }
            LOG.log(
                    Level.INFO,
                    "ignored index run dir={0} file={1} reason=other store, hash or gap",
                    storage.description(),
                    name);
        } catch (CorruptIndexException damaged) {
            rejected.add(damaged);
            LOG.log(
                    Level.WARNING,
                    "ignored index run dir={0} file={1} reason={2}",
                    storage.description(),
                    name,
                    damaged.what());
        }
        return null;
    }
}
