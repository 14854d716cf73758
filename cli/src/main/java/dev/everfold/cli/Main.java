package dev.everfold.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// The one executable: picks the command by its name and runs it.
@Command(
        name = "everfold",
        description = "Event sourcing for the JVM: stores, reads and checks events.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExamples:%n",
        footer = {
            "  everfold import --store log:data history.ndjson.gz",
            "  everfold read   --store log:data --stream order-17",
            "  everfold stats  --store log:data",
            "  everfold demo     from a checkout: a server and a shop for the browser",
            "",
            "Exit codes: 0 success; 1 the store or the input says no; 2 wrong usage;",
            "3 the store or the output cannot be reached, opened or written.",
            "",
            "everfold COMMAND --help tells more."
        })
public final class Main implements Runnable {

    private static final List<String> COMMANDS = List.of(
            "serve", "import", "export", "append", "read", "tail", "audit", "stats", "verify", "backup", "restore",
            "copy", "bench");

    Main() {}

    /// Runs the command and ends the process with its exit code.
    public static void main(String[] args) {
        QuietLogging.apply(args.length > 0 && args[0].equals("serve"), isDebug(args));
        Interruption interruption = new Interruption();
        CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> endInOrder(interruption, ended), "everfold-end"));
        int exitCode;
        try {
            OutputStream out = new FileOutputStream(FileDescriptor.out);
            OutputStream err = new FileOutputStream(FileDescriptor.err);
            exitCode = run(
                    args, new Console(System.in, new Output(out), new Output(err), Terminal.ofProcess(), interruption));
        } finally {
            ended.countDown();
        }
        System.exit(exitCode);
    }

    /// Runs the command and returns its exit code; nothing is kept between two runs. Neither stream is
    /// closed.
    public static int run(String[] args, InputStream in, OutputStream out, OutputStream err) {
        return run(args, Console.of(in, out, err));
    }

    /// Runs a command that lives elsewhere as ours are run: whatever goes wrong is told in one line,
    /// and the exit codes are ours. Neither stream is closed.
    ///
    /// @param command with its name and options, `--debug` among them, as picocli reads them
    public static int run(
            Callable<Integer> command, String[] args, InputStream in, OutputStream out, OutputStream err) {
        CommandLine commandLine = new CommandLine(command);
        commandLine.getCommandSpec().versionProvider(new Version());
        return run(commandLine, args, Console.of(in, out, err));
    }

    static int run(String[] args, Console console) {
        String first = args.length == 0 ? "-" : args[0];
        if (!COMMANDS.contains(first) && !first.startsWith("-")) {
            console.warn("\"" + first + "\" is not a command; expected one of " + String.join(", ", COMMANDS)
                    + ". Run everfold --help for more.");
            return ExitCode.USAGE.number();
        }
        CommandLine commandLine = new CommandLine(new Main());
        // One command alone is set up where it is known, so that a short command starts fast.
        for (String name : COMMANDS.contains(first) ? List.of(first) : COMMANDS) {
            commandLine.addSubcommand(name, command(name, console));
        }
        if (first.equals("serve")) {
            try {
                ServeSettings settings = ServeSettings.of(System.getenv(), Arrays.asList(args));
                commandLine.setDefaultValueProvider(settings);
            } catch (CommandException unreadable) {
                return Failures.report(unreadable, console, isDebug(args)).number();
            }
        }
        return run(commandLine, args, console);
    }

    private static boolean isDebug(String[] args) {
        return Arrays.asList(args).contains("--debug");
    }

    private static int run(CommandLine commandLine, String[] args, Console console) {
        boolean debug = isDebug(args);
        Arguments.register(commandLine);
        // "--data @file" is ours; picocli would take the words of the file for arguments.
        commandLine.setExpandAtFiles(false);
        // Kept until it has run: picocli would take an output that cannot be written for a mistake of its own.
        StringWriter help = new StringWriter();
        commandLine.setOut(new PrintWriter(help));
        commandLine.setExecutionExceptionHandler(
                (failure, _, _) -> Failures.report(failure, console, debug).number());
        commandLine.setParameterExceptionHandler((wrong, _) -> usageError(wrong, console));
        int exitCode = commandLine.execute(args);
        try {
            console.out().print(help.toString());
            console.out().flush();
            return exitCode;
        } catch (Output.FailedException outputFailed) {
            ExitCode failed = Failures.report(outputFailed, console, debug);
            return exitCode == 0 ? failed.number() : exitCode;
        }
    }

    private static Object command(String name, Console console) {
        return switch (name) {
            case "serve" -> new ServeCommand(console);
            case "import" -> new ImportCommand(console);
            case "export" -> new ExportCommand(console);
            case "append" -> new AppendCommand(console);
            case "read" -> new ReadCommand(console);
            case "tail" -> new TailCommand(console);
            case "audit" -> new AuditCommand(console);
            case "stats" -> new StatsCommand(console);
            case "verify" -> new VerifyCommand(console);
            case "backup" -> new BackupCommand(console);
            case "restore" -> new RestoreCommand(console);
            case "copy" -> new CopyCommand(console);
            case "bench" -> new BenchCommand(console);
            default -> throw new IllegalArgumentException("There is no command \"" + name + "\".");
        };
    }

    /// Called when no command was named.
    @Override
    public void run() {
        throw new CommandException(
                ExitCode.USAGE,
                "no command; expected one of " + String.join(", ", COMMANDS) + ". Run everfold --help for more.");
    }

    private static int usageError(ParameterException wrong, Console console) {
        String name = wrong.getCommandLine().getCommandSpec().qualifiedName(" ");
        String message = usageMessage(wrong).strip();
        console.warn(message + (message.endsWith(".") ? "" : ".") + " Run " + name + " --help for usage.");
        return ExitCode.USAGE.number();
    }

    /// A misspelt option is more often the mistake than the required one that is missing because of it.
    private static String usageMessage(ParameterException wrong) {
        List<String> unmatched = wrong.getCommandLine().getUnmatchedArguments();
        boolean isMisspelt = wrong instanceof MissingParameterException && !unmatched.isEmpty();
        return String.valueOf(
                isMisspelt
                        ? new UnmatchedArgumentException(wrong.getCommandLine(), unmatched.subList(0, 1)).getMessage()
                        : wrong.getMessage());
    }

    /// At Ctrl-C the JVM ends when this returns, so it waits until the command has come to an end by
    /// itself.
    private static void endInOrder(Interruption interruption, CountDownLatch ended) {
        interruption.request();
        try {
            boolean inTime = ended.await(interruption.endSecondsMax(), TimeUnit.SECONDS);
            if (!inTime) {
                System.err.println("everfold: interrupted before the end");
            }
        } catch (InterruptedException broken) {
            Thread.currentThread().interrupt();
        }
    }
}
