/// The command line: one class a command, found by its name in [Main].
///
/// [Main] picks the command, [Failures] turns whatever goes wrong into one line and an exit code
/// ([ExitCode]), and [Console] is all that a command knows of the outside. [StoreOptions],
/// [SelectionOptions] and [RangeOptions] are the options that commands share; [Reading] applies them.
/// [ImportCommand] is a pipeline: [NdjsonChunks] cuts the input, [ImportParser] makes events in a
/// thread of its own, [IdempotentAppender] stores what is not there yet. [AuditCommand] links events with
/// others, in `audit`, and has three [AuditPrinter]s.
///
/// To add a command: write the class, add it to the list in [Main], describe it in
/// `docs/reference/command-line.md`.
@NullMarked
package dev.everfold.cli;

import org.jspecify.annotations.NullMarked;
