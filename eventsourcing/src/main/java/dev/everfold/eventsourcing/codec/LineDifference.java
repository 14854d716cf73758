package dev.everfold.eventsourcing.codec;

import java.util.ArrayList;
import java.util.List;

/// What differs between two texts, line by line: `- ` was there before, `+ ` is there now.
final class LineDifference {

    private LineDifference() {}

    static List<String> of(List<String> before, List<String> now) {
        int[][] common = commonFrom(before, now);
        List<String> difference = new ArrayList<>();
        int i = 0;
        int j = 0;
        while (i < before.size() || j < now.size()) {
            if (i < before.size() && j < now.size() && before.get(i).equals(now.get(j))) {
                i++;
                j++;
            } else if (j == now.size() || (i < before.size() && common[i + 1][j] >= common[i][j + 1])) {
                difference.add("- " + before.get(i++));
            } else {
                difference.add("+ " + now.get(j++));
            }
        }
        return difference;
    }

    /// For each pair of places, how many lines the rests have in common, in order.
    private static int[][] commonFrom(List<String> before, List<String> now) {
        int[][] common = new int[before.size() + 1][now.size() + 1];
        for (int i = before.size() - 1; i >= 0; i--) {
            for (int j = now.size() - 1; j >= 0; j--) {
                common[i][j] = before.get(i).equals(now.get(j))
                        ? common[i + 1][j + 1] + 1
                        : Math.max(common[i + 1][j], common[i][j + 1]);
            }
        }
        return common;
    }
}
