package dev.everfold.kurrent.group;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/// How long a client took for the last of its answers, from when a message was sent. For one thread.
final class AnswerTimes {

    private static final int REMEMBERED_MAX = 1_000;
    private static final int QUINTILES = 5;

    private final int[] millis = new int[REMEMBERED_MAX];
    private long count;

    void add(long took) {
        millis[(int) (count % REMEMBERED_MAX)] = Math.clamp(took, 0, Integer.MAX_VALUE);
        count++;
    }

    /// In milliseconds, by the names that KurrentDB has for them; empty while there was no answer.
    SequencedMap<String, Long> figures() {
        SequencedMap<String, Long> figures = new LinkedHashMap<>();
        int[] sorted = Arrays.copyOf(millis, (int) Math.min(count, REMEMBERED_MAX));
        Arrays.sort(sorted);
        if (sorted.length == 0) {
            return figures;
        }
        figures.put("Mean", Math.round(Arrays.stream(sorted).average().orElse(0)));
        figures.put("Median", part(sorted, 0.5));
        figures.put("Fastest", (long) sorted[0]);
        for (int quintile = 1; quintile <= QUINTILES; quintile++) {
            figures.put("Quintile " + quintile, part(sorted, (quintile - 1) / (double) QUINTILES));
        }
        figures.put("90%", part(sorted, 0.9));
        figures.put("95%", part(sorted, 0.95));
        figures.put("99%", part(sorted, 0.99));
        figures.put("99.5%", part(sorted, 0.995));
        figures.put("99.9%", part(sorted, 0.999));
        figures.put("Highest", (long) sorted[sorted.length - 1]);
        return figures;
    }

    private static long part(int[] sorted, double part) {
        return sorted[Math.min(sorted.length - 1, (int) (part * sorted.length))];
    }
}
