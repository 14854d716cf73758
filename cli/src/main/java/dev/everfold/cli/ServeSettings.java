package dev.everfold.cli;

import dev.everfold.eventstore.IoReason;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/// What `serve` takes where the command line does not say: the environment, then a file.
///
/// An option `--grpc-port` is `EVERFOLD_GRPC_PORT` in the environment and `grpc-port` in the file, which is that of
/// `EVERFOLD_CONFIG` or of `--config`.
final class ServeSettings implements IDefaultValueProvider {

    private static final String CONFIG = "--config";
    private static final Set<String> NAMES = new TreeSet<>(Set.of(
            "store",
            "host",
            "grpc-port",
            "http-port",
            "grace",
            "users",
            "tls-certificate",
            "tls-key",
            "tls-client-authorities",
            "token-issuer",
            "token-audience",
            "token-keys",
            "token-user-claim",
            "token-groups-claim",
            "token-admin-group",
            "token-ops-group",
            "trusted-proxy",
            "admin-password-file",
            "kurrent-default-passwords",
            "i-accept-insecure-network",
            "connections-of-address"));

    private final Map<String, String> environment;
    private final Properties file;

    private ServeSettings(Map<String, String> environment, Properties file) {
        this.environment = environment;
        this.file = file;
    }

    /// The settings of an environment and of the file that the arguments or the environment name.
    ///
    /// Defaults are asked for before the arguments are parsed, so the file's name is looked for here.
    ///
    /// @throws CommandException when the file cannot be read or says what nobody knows
    static ServeSettings of(Map<String, String> environment, List<String> arguments) {
        String path = environment.get("EVERFOLD_CONFIG");
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (argument.startsWith(CONFIG + "=")) {
                path = argument.substring(CONFIG.length() + 1);
            } else if (argument.equals(CONFIG) && i + 1 < arguments.size()) {
                path = arguments.get(i + 1);
            }
        }
        return new ServeSettings(environment, read(path));
    }

    @Override
    public @Nullable String defaultValue(ArgSpec argument) {
        if (!(argument instanceof OptionSpec option)) {
            return null;
        }
        String name = option.longestName().substring(2);
        if (!NAMES.contains(name)) {
            return null;
        }
        String given =
                environment.get("EVERFOLD_" + name.toUpperCase(Locale.ROOT).replace('-', '_'));
        String value = given == null ? file.getProperty(name) : given;
        // picocli puts variables of its own in the place of ${…}, and one $ in the place of two.
        return value == null ? null : value.replace("$", "$$");
    }

    private static Properties read(@Nullable String path) {
        Properties settings = new Properties();
        if (path == null) {
            return settings;
        }
        try (Reader reader = Files.newBufferedReader(Path.of(path))) {
            settings.load(reader);
        } catch (IOException unreadable) {
            IoReason reason = IoReason.of(unreadable, path);
            throw new CommandException(
                    ExitCode.USAGE,
                    "the file \"" + path + "\" of --config cannot be read: " + reason.words() + ". " + reason.advice(),
                    unreadable);
        } catch (IllegalArgumentException malformed) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "the file \"" + path + "\" of --config is malformed: \\u stands before something other than four"
                            + " hexadecimal digits. Write \\\\ where a backslash is meant.",
                    malformed);
        }
        for (String name : settings.stringPropertyNames()) {
            if (!NAMES.contains(name)) {
                throw new CommandException(
                        ExitCode.USAGE,
                        "\"" + name + "\" in \"" + path + "\" is not a setting; expected one of "
                                + String.join(", ", NAMES) + ".");
            }
        }
        return settings;
    }
}
