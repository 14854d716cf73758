package dev.everfold.search;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// How a node of OpenSearch is started: its libraries in a JVM of their own.
final class OpenSearchNode {

    private OpenSearchNode() {}

    static List<String> command(Path folder, int port) throws IOException {
        Path temporary = Files.createDirectories(folder.resolve("tmp"));
        TestServer.write(folder.resolve("config/opensearch.yml"), TestServer.settings(folder, port));
        // A file of arguments: a hundred paths may be more than a command line takes.
        TestServer.write(folder.resolve("class.path"), "-cp\n\"" + classPath() + "\"\n");
        return TestServer.java(
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + temporary,
                "@" + folder.resolve("class.path"),
                OpenSearchMain.class.getName(),
                "-basePath",
                folder.toString(),
                "-confPath",
                folder.resolve("config").toString(),
                "-numOfNode",
                "1",
                "-baseHttpPort",
                Integer.toString(port - 1)); // its first node gets the next one
    }

    private static String classPath() throws IOException {
        String main = OpenSearchMain.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath();
        Path jars = Path.of(System.getProperty("opensearch.class.path"));
        return (main + File.pathSeparator + Files.readString(jars).strip()).replace("\\", "\\\\");
    }
}
