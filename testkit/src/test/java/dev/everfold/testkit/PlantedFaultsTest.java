package dev.everfold.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The suites notice what they are there for: each planted fault must fail each suite that it names.
class PlantedFaultsTest {

    private static final List<String> TABLE = new ArrayList<>();

    static List<PlantedFault> faults() {
        return Stream.of(
                        AppendFaults.all(),
                        ConditionFaults.all(),
                        RepeatFaults.all(),
                        ReadFaults.all(),
                        CursorFaults.all(),
                        ContentFaults.all(),
                        LifeFaults.all(),
                        RestartFaults.all(),
                        ConcurrencyFaults.all())
                .flatMap(List::stream)
                .toList();
    }

    @BeforeAll
    static void shortenRandomHistories() {
        System.setProperty("everfold.differential.seeds", "4");
    }

    @AfterAll
    static void printTable() {
        System.clearProperty("everfold.differential.seeds");
        System.out.println("Planted faults and the suites that noticed them, with the number of tests that failed:");
        TABLE.forEach(System.out::println);
    }

    @ParameterizedTest
    @MethodSource("faults")
    void a_planted_fault_is_noticed_by_the_suites_that_it_names(PlantedFault fault) {
        Map<Class<? extends ConformanceSuite>, List<String>> failures =
                SuiteRunner.failures(fault.fixture(), Boolean.getBoolean("everfold.faults.all") ? SuiteRunner.allSuites() : fault.noticedBy());

        TABLE.add(row(fault, failures));
        assertThat(fault.noticedBy()).isNotEmpty();
        assertThat(failures.keySet()).as("suites that notice: %s", fault).containsAll(fault.noticedBy());
    }

    @Test
    void faults_have_names_of_their_own() {
        assertThat(faults()).extracting(PlantedFault::name).doesNotHaveDuplicates();
    }

    private static String row(PlantedFault fault, Map<Class<? extends ConformanceSuite>, List<String>> failures) {
        return String.format("  %-65s ", fault.name())
                + failures.entrySet().stream()
                        .map(entry -> entry.getKey().getSimpleName().replace("Conformance", "") + " "
                                + entry.getValue().size())
                        .collect(Collectors.joining(", "));
    }
}
