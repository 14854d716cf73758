package dev.everfold.log.audit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads what `strace -f -y -xx` wrote.
///
/// A call that another thread's call interrupts takes two lines, the second of which is its return. The
/// tracer holds a thread until it has written the line, so a call that was caused by the return of another
/// one stands behind it.
public final class Trace {

    private static final Pattern WHOLE = Pattern.compile("(\\d+) +(\\w+)\\((.*)\\) += (-?\\d+)(.*)");
    private static final Pattern BEGUN = Pattern.compile("(\\d+) +(\\w+)\\((.*) <unfinished \\.\\.\\.>");
    private static final Pattern RESUMED = Pattern.compile("(\\d+) +<\\.\\.\\. (\\w+) resumed>(.*)\\) += (-?\\d+)(.*)");
    private static final Pattern PATH = Pattern.compile("\\d+<((?:\\\\x[0-9a-f]{2})*)>");
    private static final Pattern DATA = Pattern.compile("\"((?:\\\\x[0-9a-f]{2})*)\"");

    private final List<Syscall> calls = new ArrayList<>();
    private final Map<String, Begun> begun = new HashMap<>();

    private record Begun(int line, String name, String arguments) {}

    private Trace() {}

    /// All calls in the order of their returns; those that never returned come last.
    ///
    /// @throws IOException when a line is none that is known
    public static List<Syscall> read(List<String> lines) throws IOException {
        Trace trace = new Trace();
        for (int i = 0; i < lines.size(); i++) {
            trace.read(i + 1, lines.get(i));
        }
        for (Begun open : trace.begun.values()) {
            trace.add(open, -1, "", Long.MAX_VALUE);
        }
        return List.copyOf(trace.calls);
    }

    private void read(int line, String text) throws IOException {
        Matcher whole = WHOLE.matcher(text);
        Matcher start = BEGUN.matcher(text);
        Matcher resumed = RESUMED.matcher(text);
        if (resumed.matches()) {
            Begun open = begun.remove(resumed.group(1));
            if (open == null || !open.name().equals(resumed.group(2))) {
                throw new IOException("Line " + line + " of the trace resumes what was not begun: " + text);
            }
            add(open, Long.parseLong(resumed.group(4)), resumed.group(5), 2L * line + 1);
        } else if (start.matches()) {
            begun.put(start.group(1), new Begun(line, start.group(2), start.group(3)));
        } else if (whole.matches()) {
            Begun at = new Begun(line, whole.group(2), whole.group(3));
            add(at, Long.parseLong(whole.group(4)), whole.group(5), 2L * line + 1);
        } else if (!text.contains(" +++ ") && !text.contains(" --- ") && !text.endsWith(" = ?")) {
            throw new IOException("Line " + line + " of the trace is none of strace -f -y -xx: " + text);
        }
    }

    private void add(Begun call, long result, String afterResult, long end) {
        boolean opens = call.name().equals("openat");
        Matcher path = PATH.matcher(opens ? result + afterResult : call.arguments());
        Matcher data = DATA.matcher(call.arguments());
        calls.add(new Syscall(
                call.line(),
                call.name(),
                path.lookingAt() ? new String(bytes(path.group(1)), StandardCharsets.UTF_8) : "",
                !opens && data.find() ? bytes(data.group(1)) : new byte[0],
                call.arguments().contains("O_CREAT"),
                result,
                2L * call.line(),
                end));
    }

    private static byte[] bytes(String escaped) {
        return HexFormat.of().parseHex(escaped.replace("\\x", ""));
    }
}
