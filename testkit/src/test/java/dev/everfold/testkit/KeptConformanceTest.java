package dev.everfold.testkit;

import java.util.function.UnaryOperator;

/// The store around which faults are planted is right before they are.
class KeptConformanceTest extends RestartableConformance {

    @Override
    protected RestartableFixture fixture() {
        return new PlantedFault.Fixture(UnaryOperator.identity(), (store, situation) -> store);
    }
}
