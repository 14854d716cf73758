package dev.everfold.search;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// How a node of Elasticsearch is started: from its distribution, with folders of its own beside it.
final class ElasticsearchNode {

    static final Map<String, String> ENVIRONMENT = Map.of(
            "ES_JAVA_HOME", System.getProperty("java.home"),
            // Its launcher is a JVM too, and stays.
            "CLI_JAVA_OPTS", "-Xmx64m -XX:+UseSerialGC -XX:TieredStopAtLevel=1",
            "LC_ALL", "C.UTF-8");

    /// In place of those of the distribution, which choose another collector.
    private static final String JVM_OPTIONS = """
            -Xms512m
            -Xmx512m
            -XX:+UseSerialGC
            -XX:TieredStopAtLevel=1
            -Djava.io.tmpdir=${ES_TMPDIR}
            """;

    /// Elasticsearch refuses to run as root. This user owns nothing and has no name on many systems.
    private static final int NOBODY = 65534;

    private ElasticsearchNode() {}

    static List<String> command(Path folder, int port) throws IOException {
        Path home = Path.of(System.getProperty("elasticsearch.home"));
        Path config = folder.resolve("config");
        Path temporary = Files.createDirectories(folder.resolve("tmp"));
        TestServer.write(
                config.resolve("elasticsearch.yml"),
                TestServer.settings(folder, port) + """
                xpack.security.enabled: false
                path.data: %s
                path.logs: %s
                """.formatted(folder.resolve("data"), folder.resolve("logs")));
        TestServer.write(config.resolve("jvm.options"), JVM_OPTIONS);
        TestServer.write(
                config.resolve("log4j2.properties"), Files.readString(home.resolve("config/log4j2.properties")));
        List<String> command = new ArrayList<>();
        if ("root".equals(System.getProperty("user.name"))) {
            give(folder);
            command.addAll(List.of("setpriv", "--reuid", "" + NOBODY, "--regid", "" + NOBODY, "--clear-groups"));
        }
        command.addAll(List.of(
                "env",
                "ES_PATH_CONF=" + config,
                "ES_TMPDIR=" + temporary,
                "HOME=" + temporary,
                home.resolve("bin/elasticsearch").toString()));
        return command;
    }

    private static void give(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.toList()) {
                Files.setAttribute(file, "unix:uid", NOBODY);
                Files.setAttribute(file, "unix:gid", NOBODY);
            }
        }
    }
}
