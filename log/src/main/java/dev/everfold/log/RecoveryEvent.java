package dev.everfold.log;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/// Flight Recorder: a store was opened for writing.
@Name("dev.everfold.log.Recovery")
@Label("Recovery")
@Category({"Everfold", "Log"})
@Description("A store was opened for writing")
@StackTrace(false)
final class RecoveryEvent extends Event {

    @Label("Events")
    long events;

    @Label("Clean")
    @Description("Whether it had been closed before")
    boolean clean;

    @Label("Torn Bytes")
    @Description("Length of an unfinished frame that was removed")
    @DataAmount
    long tornBytes;

    @Label("Events Indexed")
    @Description("Events after the last index run, indexed anew")
    long indexedEvents;
}
