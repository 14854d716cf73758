package dev.everfold.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The tests are tested: each [Defect] is planted into the engine, and must be found.
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@ExtendWith(QuietLog.class)
class PlantedDefectTest {

    private static final Map<Defect, String> FOUND = new TreeMap<>();

    @ParameterizedTest
    @EnumSource
    void planted_defect_is_found(Defect defect) throws Exception {
        DefectLoader loader = defect.load();
        Class<?> hunt = Class.forName(DefectHunt.class.getName(), true, loader);
        Method run = hunt.getDeclaredMethod("run", String.class);
        run.setAccessible(true);

        String[] found = ((String) run.invoke(null, defect.sweep().name())).split("\n", 2);

        assertThat(loader.hasChanged()).as("the defect was planted").isTrue();
        assertThat(found).as("what was found").hasSize(2);
        FOUND.put(defect, found[0]);
        System.out.println(defect + ": found after " + found[0] + " images: " + found[1].replace('\n', ' '));
    }

    @AfterAll
    static void report() {
        List<String> lines = new ArrayList<>();
        lines.add("found: " + FOUND.size() + " of " + Defect.values().length);
        FOUND.forEach((defect, images) -> lines.add(defect + ": found after " + images + " images"));
        ReliabilityReport.section("Planted defects", lines);
    }
}
