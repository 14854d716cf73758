package dev.everfold.testkit.history;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Keeps the calls of one client in memory. For one thread at a time; read it once the client is done.
public final class MemoryJournal implements Journal {

    private final String client;
    private final List<ClientCall> finished = new ArrayList<>();
    private final Map<Integer, ClientCall> open = new HashMap<>();

    /// An empty journal.
    public MemoryJournal(String client) {
        this.client = client;
    }

    @Override
    public void invoked(int number, long nanos, Call call) {
        open.put(number, new ClientCall(client, number, call, new Answer.Unknown(), nanos, ClientCall.NEVER));
    }

    @Override
    public void answered(int number, long nanos, Answer answer) {
        ClientCall call = open.remove(number);
        if (call == null) {
            throw new IllegalStateException("Call " + number + " of " + client + " is answered but was not made.");
        }
        long over = answer instanceof Answer.Unknown ? ClientCall.NEVER : nanos;
        finished.add(call.answered(answer).at(call.invokedNanos(), over));
    }

    /// Every call; those that were not answered have the answer [Answer.Unknown].
    public List<ClientCall> calls() {
        List<ClientCall> all = new ArrayList<>(finished);
        all.addAll(open.values());
        return all;
    }
}
