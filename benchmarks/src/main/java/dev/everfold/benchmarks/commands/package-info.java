/// The command path: from a command to its durable event, beside the store's own appends and beside Axon
/// Framework, in one run.
///
/// [CommandComparison] is the program; [AccountEngine] says what is compared. All of them handle the same
/// [AccountCommand]s and store the same [AccountEvent]s, by [Account] here and [AxonAccount] there.
/// [Loading] measures what folding costs, and [Contention] what it costs to meet at one stream.
@NullMarked
package dev.everfold.benchmarks.commands;

import org.jspecify.annotations.NullMarked;
