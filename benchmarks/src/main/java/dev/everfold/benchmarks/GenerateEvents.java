package dev.everfold.benchmarks;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Random;
import java.util.UUID;

/// Writes a file of CloudEvents to import: `GenerateEvents FILE EVENTS STREAMS`. The same arguments
/// make the same file.
public final class GenerateEvents {

    private static final long SEED = 20_260_301;

    private GenerateEvents() {}

    /// Writes the file.
    ///
    /// @param arguments the file, how many events, how many streams
    public static void main(String[] arguments) throws IOException {
        long events = Long.parseLong(arguments[1]);
        int streams = Integer.parseInt(arguments[2]);
        Random random = new Random(SEED);
        Instant begin = Instant.parse("2026-01-01T00:00:00Z");
        try (BufferedWriter out = Files.newBufferedWriter(Path.of(arguments[0]), StandardCharsets.UTF_8)) {
            for (long event = 0; event < events; event++) {
                int order = (int) (event < streams ? event : random.nextInt(streams));
                out.write("{\"specversion\":\"1.0\",\"id\":\"");
                out.write(new UUID(random.nextLong(), random.nextLong()).toString());
                out.write("\",\"source\":\"/generated\",\"type\":\"order.");
                out.write(event < streams ? "placed" : "changed");
                out.write("\",\"subject\":\"order-" + order + "\",\"time\":\"" + begin.plusSeconds(event / 100));
                out.write("\",\"datacontenttype\":\"application/json\",\"tags\":\"customer:" + order % 100_000);
                out.write("\",\"actor\":\"author-" + order % 100 + "\",\"data\":{\"order\":" + order);
                out.write(",\"number\":" + event + ",\"note\":\"" + Long.toHexString(random.nextLong()) + "\"}}\n");
            }
        }
    }
}
