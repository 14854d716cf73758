package dev.everfold.log.index;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/// Flight Recorder: an index run was written in the background, from memory or from other runs.
@Name("dev.everfold.log.IndexRun")
@Label("Index Run")
@Category({"Everfold", "Log"})
@Description("An index run was written from memory, or merged from other runs")
@StackTrace(false)
final class IndexRunEvent extends Event {

    @Label("File")
    String file = "";

    @Label("Merged Runs")
    @Description("How many runs it was made from; 0 = from memory")
    int mergedRuns;

    @Label("Events")
    @Description("How many events it covers")
    long events;

    @Label("Bytes")
    @DataAmount
    long bytes;

    /// Ends the event with what the run turned out to be.
    void commit(RunFile run, int inputs) {
        end();
        if (shouldCommit()) {
            file = run.name();
            mergedRuns = inputs;
            events = run.info().events();
            bytes = run.layout().fileBytes();
            commit();
        }
    }
}
