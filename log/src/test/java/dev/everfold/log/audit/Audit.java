package dev.everfold.log.audit;

import dev.everfold.log.segment.FrameFormat;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Compares the calls of a process with the promise: durable, then acknowledged.
///
/// 1. Before an acknowledgement begins to leave, a sync has returned that began after the write of its
///    frame had returned.
/// 2. Before that, a sync of the directory has returned that began after the frame's segment was created.
/// 3. Before a frame is written, a sync of the frame before it has returned.
///
/// An acknowledgement is a write of `ack P N` and a line feed: N events from position P on.
public final class Audit {

    private static final String ACKNOWLEDGEMENT = "ack ";

    private final List<Syscall> acknowledgements;
    private final Map<String, List<Syscall>> syncs;
    private final Map<String, Syscall> created;
    private final NavigableMap<Long, Frame> byPosition = new TreeMap<>();
    private final List<Frame> frames = new ArrayList<>();
    private final List<String> findings = new ArrayList<>();

    private record Frame(Syscall write, FrameFormat.Header header) {}

    /// What was found, and how much was looked at.
    ///
    /// @param findings what breaks the promise, one sentence each
    /// @param acknowledgements how many there were
    /// @param frames how many writes of a frame
    /// @param segments into how many files
    /// @param syncs how many syncs of any file or directory
    public record Report(List<String> findings, int acknowledgements, int frames, int segments, long syncs) {}

    private Audit(List<Syscall> calls) {
        List<Syscall> inOrder =
                calls.stream().sorted(Comparator.comparingLong(Syscall::begin)).toList();
        this.acknowledgements =
                inOrder.stream().filter(Audit::isAcknowledgement).toList();
        this.syncs = inOrder.stream().filter(Syscall::isSync).collect(Collectors.groupingBy(Syscall::path));
        this.created = inOrder.stream()
                .filter(call -> call.creates() && call.result() >= 0)
                .collect(Collectors.toMap(Syscall::path, call -> call, (first, again) -> again));
        inOrder.stream().filter(Audit::isFrame).forEach(this::addFrame);
    }

    /// Audits the calls of one process that made its store anew.
    public static Report of(List<Syscall> calls) {
        Audit audit = new Audit(calls);
        audit.acknowledgements.forEach(audit::checkAcknowledgement);
        audit.checkFrames();
        Set<String> segments = new HashSet<>();
        audit.frames.forEach(frame -> segments.add(frame.write().path()));
        return new Report(
                List.copyOf(audit.findings),
                audit.acknowledgements.size(),
                audit.frames.size(),
                segments.size(),
                audit.syncs.values().stream().mapToLong(List::size).sum());
    }

    private void addFrame(Syscall write) {
        FrameFormat.Header header = FrameFormat.header(write.data(), 0);
        Frame frame = new Frame(write, header);
        frames.add(frame);
        if (header.eventCount() > 0) {
            byPosition.put(header.fromPosition(), frame);
        }
        if (write.result() < header.bytes()) {
            findings.add("The write at line " + write.line() + " is short: expected " + header.bytes()
                    + " bytes of frame " + header.frame() + ", found " + write.result() + ".");
        }
    }

    private void checkAcknowledgement(Syscall acknowledgement) {
        String[] words = text(acknowledgement).strip().split(" ", -1);
        long position = Long.parseLong(words[1]);
        long toPosition = position + Long.parseLong(words[2]);
        String what = "The acknowledgement of position " + position + " at line " + acknowledgement.line();
        Map.Entry<Long, Frame> found = byPosition.floorEntry(position);
        if (found == null || found.getValue().header().toPosition() < toPosition) {
            findings.add(
                    what + " has no frame: expected one that holds positions [" + position + ", " + toPosition + ").");
            return;
        }
        Syscall write = found.getValue().write();
        if (!isSynced(write.path(), write, acknowledgement)) {
            findings.add(what + " began before a sync of " + write.path()
                    + " had returned that covers the write at line " + write.line() + ".");
        }
        Syscall creation = created.get(write.path());
        String directory = write.path().substring(0, Math.max(0, write.path().lastIndexOf('/')));
        if (creation == null || !isSynced(directory, creation, acknowledgement)) {
            findings.add(what + " began before a sync of the directory " + directory
                    + " had returned that covers the creation of " + write.path() + ".");
        }
    }

    private void checkFrames() {
        for (int i = 1; i < frames.size(); i++) {
            Syscall before = frames.get(i - 1).write();
            Syscall next = frames.get(i).write();
            if (!isSynced(before.path(), before, next)) {
                findings.add("Frame " + frames.get(i).header().frame() + " at line " + next.line()
                        + " was written before a sync had returned that covers the frame before it, at line "
                        + before.line() + ".");
            }
        }
    }

    private boolean isSynced(String path, Syscall what, Syscall before) {
        return syncs.getOrDefault(path, List.of()).stream()
                .anyMatch(sync -> what.returnedBefore(sync) && sync.returnedBefore(before));
    }

    private static boolean isFrame(Syscall call) {
        return call.name().equals("pwrite64")
                && call.data().length >= FrameFormat.HEADER_BYTES
                && call.path().endsWith(".open")
                && FrameFormat.bytesAt(call.data(), 0) > 0;
    }

    /// Whether the call tells somebody that an append is durable.
    public static boolean isAcknowledgement(Syscall call) {
        return call.name().equals("write") && text(call).startsWith(ACKNOWLEDGEMENT);
    }

    private static String text(Syscall call) {
        return new String(call.data(), StandardCharsets.US_ASCII);
    }
}
