package dev.everfold.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.ToIntBiFunction;

/// One run of the command line in this process: what it answered.
record CommandLineRun(int exitCode, String out, String err) {

    static CommandLineRun of(String... args) {
        return withInput("", args);
    }

    static CommandLineRun withInput(String in, String... args) {
        return withInput(in.getBytes(StandardCharsets.UTF_8), args);
    }

    static CommandLineRun withInput(byte[] in, String... args) {
        return of((out, err) -> Main.run(args, new ByteArrayInputStream(in), out, err));
    }

    /// A run whose user asks it to end before it begins.
    static CommandLineRun interrupted(String... args) {
        Interruption interruption = new Interruption();
        interruption.request();
        return of((out, err) -> Main.run(
                args,
                new Console(
                        InputStream.nullInputStream(),
                        new Output(out),
                        new Output(err),
                        Terminal.none(),
                        interruption)));
    }

    private static CommandLineRun of(ToIntBiFunction<OutputStream, OutputStream> run) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int exitCode = run.applyAsInt(out, err);
        return new CommandLineRun(exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /// A line that imports as one event.
    static String line(String id, String stream, String type, String more) {
        return "{\"specversion\":\"1.0\",\"id\":\"" + id + "\",\"source\":\"/shop\",\"type\":\"" + type
                + "\",\"subject\":\"" + stream + "\"" + more + "}\n";
    }

    List<String> outLines() {
        return out.lines().toList();
    }
}
