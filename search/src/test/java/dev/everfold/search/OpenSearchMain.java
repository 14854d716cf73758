package dev.everfold.search;

import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;

/// Runs one node of OpenSearch in this process. Its libraries are on the class path of this process only, not where
/// this is compiled, hence the reflection.
final class OpenSearchMain {

    private OpenSearchMain() {}

    /// Takes the arguments of the runner.
    public static void main(String[] arguments) throws Exception {
        Class<?> type = Class.forName("org.codelibs.opensearch.runner.OpenSearchRunner");
        Closeable runner = (Closeable) type.getConstructor().newInstance();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> close(runner)));
        type.getMethod("setMaxHttpPort", int.class).invoke(runner, -1); // the port we say, and no other
        type.getMethod("build", String[].class).invoke(runner, (Object) arguments);
        new CountDownLatch(1).await(); // its threads alone would let the process end
    }

    private static void close(Closeable runner) {
        try {
            runner.close();
        } catch (IOException failed) {
            System.err.println("OpenSearch did not close: " + failed);
        }
    }
}
