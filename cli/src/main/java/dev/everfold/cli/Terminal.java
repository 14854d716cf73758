package dev.everfold.cli;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// What is known about who is looking at the output; found out only when it is asked for.
interface Terminal {

    /// Width of tables when it is not known, in characters.
    int WIDTH_DEFAULT = 120;

    /// Whether standard error is shown on a terminal, so that a line may be overwritten.
    boolean isErrorShown();

    /// How many characters a line of standard output may have.
    int width();

    /// Nobody is looking: the output is kept in a file or read by a program.
    static Terminal none() {
        return new Terminal() {
            @Override
            public boolean isErrorShown() {
                return false;
            }

            @Override
            public int width() {
                return WIDTH_DEFAULT;
            }
        };
    }

    /// The terminal that this process was started from, if any.
    static Terminal ofProcess() {
        return new Terminal() {
            @Override
            public boolean isErrorShown() {
                return isTerminal(2);
            }

            @Override
            public int width() {
                String columns = Map.copyOf(System.getenv()).getOrDefault("COLUMNS", "");
                if (columns.matches("[0-9]{1,4}")) {
                    return Math.max(Integer.parseInt(columns), 1);
                }
                return isTerminal(1) ? widthByStty() : WIDTH_DEFAULT;
            }
        };
    }

    /// Java tells only whether input and output are both a terminal; Linux tells of each.
    private static boolean isTerminal(int descriptor) {
        Path link = Path.of("/proc/self/fd/" + descriptor);
        try {
            String target = Files.readSymbolicLink(link).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException noProc) {
            return Optional.ofNullable(System.console())
                    .map(java.io.Console::isTerminal)
                    .orElse(false);
        }
    }

    private static int widthByStty() {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(Path.of("/dev/tty").toFile())
                    .redirectError(Redirect.DISCARD)
                    .start();
            String answer = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
            if (stty.waitFor(1, TimeUnit.SECONDS) && answer.matches("[0-9]+ [1-9][0-9]{0,3}")) {
                return Integer.parseInt(answer.substring(answer.indexOf(' ') + 1));
            }
        } catch (IOException noStty) {
            // The default will do.
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        return WIDTH_DEFAULT;
    }
}
