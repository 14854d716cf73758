package dev.everfold.search;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/// The arrows of docs/architecture.md, as far as they concern this module.
class ArchitectureTest {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.everfold.search");

    @Test
    void it_names_no_engine_and_no_library_of_a_server() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..",
                        "javax.net.ssl",
                        "org.jspecify..",
                        "tools.jackson..",
                        "dev.everfold.eventstore",
                        "dev.everfold.eventsourcing..",
                        "dev.everfold.search")
                .check(CLASSES);
    }
}
