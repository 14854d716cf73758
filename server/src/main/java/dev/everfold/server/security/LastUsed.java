package dev.everfold.server.security;

import java.util.LinkedHashMap;
import java.util.Map;

/// Of what is put into it, so many at most: what was not used for longest goes first. To ask
/// for it is to use it, so even readers need a lock.
final class LastUsed<K, V> extends LinkedHashMap<K, V> {

    private static final long serialVersionUID = 1L;

    private final int max;

    LastUsed(int max) {
        super(16, 0.75f, true);
        this.max = max;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > max;
    }
}
