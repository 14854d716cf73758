package dev.everfold.log;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/// Flight Recorder: a full segment was sealed in the background.
@Name("dev.everfold.log.Seal")
@Label("Seal")
@Category({"Everfold", "Log"})
@Description("A full segment was copied into its sealed form")
@StackTrace(false)
final class SealEvent extends Event {

    @Label("Segment")
    String segment = "";

    @Label("Bytes Before")
    @DataAmount
    long openBytes;

    @Label("Bytes After")
    @DataAmount
    long sealedBytes;
}
