package dev.everfold.log;

import dev.everfold.log.segment.FrameFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What each byte of a store's files is for.
final class ByteClasses {

    private static final int PAGE = 4_096;
    private static final int FOOTER_BYTES = 64;

    private ByteClasses() {}

    /// The bytes of a file by what they are for.
    static Map<String, List<Integer>> of(String name, byte[] content) {
        Map<String, List<Integer>> classes = new TreeMap<>();
        if (name.startsWith("log-")) {
            segment(content, name.endsWith(".open"), classes);
        } else if (name.endsWith(".run")) {
            add(classes, "an index run's header", 0, PAGE);
            add(classes, "an index run's blocks", PAGE, content.length - PAGE);
            add(classes, "an index run's footer", content.length - PAGE, content.length);
        } else {
            add(classes, "the file STORE", 0, content.length);
        }
        return classes;
    }

    /// Where the frames of a segment begin.
    static List<Integer> frames(byte[] content, int from, int alignment) {
        List<Integer> frames = new ArrayList<>();
        int at = from;
        while (at + FrameFormat.HEADER_BYTES <= content.length && FrameFormat.bytesAt(content, at) > 0) {
            frames.add(at);
            at = (at + FrameFormat.bytesAt(content, at) + alignment - 1) & -alignment;
        }
        return frames;
    }

    private static void segment(byte[] content, boolean open, Map<String, List<Integer>> classes) {
        add(classes, "a segment's header", 0, PAGE);
        int end = PAGE;
        for (int frame : frames(content, PAGE, open ? PAGE : 8)) {
            add(classes, "zeros between frames", end, frame);
            end = frame + FrameFormat.bytesAt(content, frame);
            add(classes, "a frame's length", frame + 4, frame + 8);
            add(classes, "a frame's header", frame, frame + 4);
            add(classes, "a frame's header", frame + 8, frame + 60);
            add(classes, "a frame's checksum", frame + 60, frame + 64);
            add(classes, "a frame's appends and events", frame + 64, end - 8);
            add(classes, "a frame's trailer", end - 8, end);
        }
        if (open) {
            add(classes, "zeros after the last frame", end, content.length);
        } else {
            add(classes, "a sealed segment's table of offsets", end, content.length - FOOTER_BYTES);
            add(classes, "a sealed segment's footer", content.length - FOOTER_BYTES, content.length);
        }
    }

    private static void add(Map<String, List<Integer>> classes, String what, int from, int to) {
        List<Integer> bytes = classes.computeIfAbsent(what, key -> new ArrayList<>());
        for (int at = from; at < to; at++) {
            bytes.add(at);
        }
    }
}
