package dev.everfold.postgres;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/// The arrows of docs/architecture.md, as far as they concern this module.
class ArchitectureTest {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.everfold.postgres");

    @Test
    void it_knows_the_contract_the_driver_and_the_pool_and_nothing_else() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..",
                        "javax.sql",
                        "org.jspecify..",
                        "org.postgresql..",
                        "com.zaxxer.hikari..",
                        "dev.everfold.eventstore",
                        "dev.everfold.postgres")
                .check(CLASSES);
    }
}
