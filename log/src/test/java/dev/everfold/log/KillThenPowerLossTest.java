package dev.everfold.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.everfold.eventstore.Append;
import dev.everfold.log.simulation.Device;
import dev.everfold.log.simulation.Effect;
import dev.everfold.log.simulation.SimulatedDisk;
import dev.everfold.log.simulation.Survival;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What a killed process had done and not synced is seen by the next one, and may be gone after a power loss.
@ExtendWith(QuietLog.class)
class KillThenPowerLossTest {

    @Test
    void an_append_to_a_segment_whose_name_a_killed_process_had_not_synced_survives_a_power_loss() {
        Device device = killedAfter(effect ->
                effect instanceof Effect.Synced synced && synced.name().equals("log-000000000000.open"));

        assertThat(eventsAfterAnAppendAndAPowerLoss(device)).isEqualTo(1);
    }

    @Test
    void an_append_to_a_segment_that_a_killed_process_had_only_begun_survives_a_power_loss() {
        Device device = killedAfter(effect ->
                effect instanceof Effect.Written written && written.name().equals("log-000000000000.open"));

        assertThat(eventsAfterAnAppendAndAPowerLoss(device)).isEqualTo(1);
    }

    @Test
    void a_store_opens_when_power_was_lost_after_it_was_opened_with_a_segment_that_was_not_synced() {
        Device device = killedAfter(effect ->
                effect instanceof Effect.Written written && written.name().equals("log-000000000000.open"));
        SimulatedDisk disk = device.afterKill();
        try (LogEventStore opened = Stores.open(disk)) {
            device.applyAll(disk.effects());
            assertThat(opened.nextPosition()).isZero();
        }

        assertThat(Stores.events(device.afterPowerLoss(Survival.none()))).isEmpty();
    }

    @Test
    void a_store_whose_name_a_killed_process_had_not_synced_opens_after_a_power_loss_in_its_next_opening() {
        Device device = killedAfter(effect ->
                effect instanceof Effect.Renamed renamed && renamed.target().equals("STORE"));
        SimulatedDisk disk = device.afterKill();
        Stores.open(disk).close();
        List<Effect> effects = disk.effects();
        for (Effect effect : effects) {
            device.apply(effect);
            // The newest name alone survives.
            SimulatedDisk after = device.afterPowerLoss(Survival.subset(1L << Math.max(0, device.pending() - 1)));

            assertThat(Stores.events(after)).isEmpty();
        }
    }

    /// Creates a store on an empty disk and is killed right after the first such effect.
    private static Device killedAfter(Predicate<Effect> last) {
        SimulatedDisk disk = new SimulatedDisk();
        Stores.open(disk).close();
        Device device = new Device(new SimulatedDisk());
        for (Effect effect : disk.effects()) {
            device.apply(effect);
            if (last.test(effect)) {
                return device;
            }
        }
        throw new AssertionError("no such effect");
    }

    private static int eventsAfterAnAppendAndAPowerLoss(Device device) {
        SimulatedDisk disk = device.afterKill();
        try (LogEventStore store = Stores.open(disk)) {
            store.append(Append.of(Stores.event("order-1", 1)));
            device.applyAll(disk.effects());
        }
        return Stores.events(device.afterPowerLoss(Survival.none())).size();
    }
}
