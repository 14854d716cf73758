package dev.everfold.cli.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/// What [AppendWorkload] does, with the [BareWriter] in place of a store.
final class BareAppends implements Workload {

    private final Path file;
    private final int clients;
    private final int eventsPerAppend;

    BareAppends(Path file, int clients, int eventsPerAppend) {
        this.file = file;
        this.clients = clients;
        this.eventsPerAppend = eventsPerAppend;
    }

    @Override
    public String name() {
        return "bare writer, " + clients + " × " + eventsPerAppend;
    }

    @Override
    public String unit() {
        return "events/s";
    }

    @Override
    public Measurement run(Duration duration) throws Exception {
        try (BareWriter writer = new BareWriter(file)) {
            return Clients.run(clients, eventsPerAppend, duration, client -> new OneStream(writer, client));
        }
    }

    private final class OneStream implements Clients.Client {

        private final BareWriter writer;
        private final int client;
        private long appends;

        OneStream(BareWriter writer, int client) {
            this.writer = writer;
            this.client = client;
        }

        @Override
        public void prepare() {}

        @Override
        public void call() throws IOException {
            long stream = ((long) client << 32) | (appends / AppendWorkload.APPENDS_A_STREAM + 1);
            long revision = (appends % AppendWorkload.APPENDS_A_STREAM) * eventsPerAppend;
            writer.append(new BareWriter.Request(stream, revision, eventsPerAppend));
            appends++;
        }
    }
}
