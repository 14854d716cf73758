package dev.everfold.eventsourcing;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.everfold.eventsourcing.internal.RecordedTimes;
import org.junit.jupiter.api.Test;

/// The arrows of docs/architecture.md, as far as they concern this module.
class ArchitectureTest {

    private static final String METRICS = "dev.everfold.eventsourcing.metrics";

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.everfold.eventsourcing");

    @Test
    void it_is_written_against_the_contract_and_names_no_engine() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..",
                        "org.jspecify..",
                        "tools.jackson..",
                        "com.fasterxml.jackson.annotation..",
                        "dev.everfold.eventstore",
                        "dev.everfold.eventsourcing..")
                .check(CLASSES.that(DescribedPredicate.not(resideInAPackage(METRICS))));
    }

    @Test
    void micrometer_is_used_by_metrics_alone_and_nobody_needs_metrics() {
        classes()
                .that()
                .resideInAPackage(METRICS)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..",
                        "org.jspecify..",
                        "io.micrometer.core.instrument..",
                        "dev.everfold.eventsourcing",
                        "dev.everfold.eventsourcing.subscription",
                        METRICS)
                .check(CLASSES);
        noClasses()
                .that()
                .resideOutsideOfPackage(METRICS)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.micrometer..", METRICS)
                .check(CLASSES);
    }

    @Test
    void the_codec_knows_nothing_of_those_who_use_it() {
        classes()
                .that()
                .resideInAPackage("dev.everfold.eventsourcing.codec")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..",
                        "org.jspecify..",
                        "tools.jackson..",
                        "com.fasterxml.jackson.annotation..",
                        "dev.everfold.eventstore",
                        "dev.everfold.eventsourcing.codec")
                .check(CLASSES);
    }

    @Test
    void time_travel_needs_events_and_a_fold_and_knows_nothing_of_deciders() {
        classes()
                .that()
                .resideInAPackage("dev.everfold.eventsourcing.history")
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(
                                "java..",
                                "org.jspecify..",
                                "dev.everfold.eventstore",
                                "dev.everfold.eventsourcing.codec",
                                "dev.everfold.eventsourcing.history")
                        .or(belongToAnyOf(RecordedTimes.class)))
                .check(CLASSES);
    }
}
