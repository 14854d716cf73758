package dev.everfold.log;

import dev.everfold.log.segment.FrameFormat;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.List;
import java.util.Locale;

/// Defects that an engine like this one may have. Each is one changed method.
@SuppressWarnings("ImmutableEnumChecker") // a transformation holds no state between classes
enum Defect {
    AN_APPEND_IS_ANSWERED_BEFORE_ITS_FRAME_IS_SYNCED(
            Sweep.CRASHES, "LogWriter", Changes.earlier("writeFrame", "SegmentWriter.sync", Code::syncSegment)),
    A_POSITION_IS_PUBLISHED_BEFORE_ITS_FRAME_IS_SYNCED(
            Sweep.CRASHES, "LogWriter", Changes.before("writeFrame", "SegmentWriter.sync", Code::publishBatch)),
    A_FRAME_IS_NEVER_SYNCED(Sweep.CRASHES, "segment.SegmentWriter", Changes.body("sync", CodeBuilder::return_)),
    THE_CHECKSUM_OF_A_FRAME_IS_NOT_CHECKED(
            Sweep.CRASHES,
            "segment.FrameFormat",
            Changes.body("isWhole", code -> code.iconst_1().ireturn())),
    THE_CHECKSUM_OF_A_FRAME_COVERS_ITS_HEADER_ONLY(
            Sweep.CRASHES, "segment.FrameFormat", Changes.without("checksum", "CRC32C.update", 2)),
    THE_NAME_OF_A_NEW_SEGMENT_IS_NOT_SYNCED(
            Sweep.CRASHES, "segment.SegmentWriter", Changes.without("create", "Storage.syncDirectory")),
    A_NEW_SEGMENT_IS_NOT_SYNCED(Sweep.CRASHES, "segment.SegmentWriter", Changes.without("create", "StorageFile.sync")),
    A_NEW_STORE_IS_NOT_SYNCED(Sweep.CRASHES, "segment.StoreFile", Changes.without("writeNew", "StorageFile.sync")),
    RECOVERY_DOES_NOT_SYNC_THE_NAMES_IT_SEES(
            Sweep.CRASHES, "Recovery", Changes.without("run", "Storage.syncDirectory")),
    RECOVERY_DOES_NOT_WRITE_THE_HEADER_OF_AN_EMPTY_SEGMENT_AGAIN(
            Sweep.CRASHES, "Recovery", Changes.without("addOrDropFrameless", "Recovery.writeAgain")),
    RECOVERY_DOES_NOT_WRITE_THE_LAST_FRAME_AGAIN(
            Sweep.CRASHES, "Recovery", Changes.without("run", "Recovery.writeAgain")),
    RECOVERY_DOES_NOT_SYNC_WHAT_IT_WRITES_AGAIN(
            Sweep.CRASHES, "Recovery", Changes.without("writeAgain", "StorageFile.sync")),
    A_TORN_TAIL_IS_LEFT_WHERE_IT_IS(Sweep.CRASHES, "Recovery", Changes.body("clearTail", CodeBuilder::return_)),
    A_TORN_TAIL_IS_TAKEN_FOR_CORRUPTION(Sweep.CRASHES, "Recovery", Changes.failing("clearTail", "StorageFile.write")),
    REVISIONS_OF_STREAMS_BEGIN_ANEW_AFTER_RECOVERY(
            Sweep.CRASHES,
            "AppendDecisions",
            Changes.instead("lastRevision", "LogIndex.lastPosition", 0, (code, call) -> code.loadConstant(-1L))),
    TRACKED_POSITIONS_IN_THE_INDEX_ARE_LOST_AT_RECOVERY(
            Sweep.CRASHES,
            "LogOpening",
            Changes.instead(
                    "startWriting", "LogIndex.trackings", 0, (code, call) -> Code.emptyMap(code, call.typeSymbol()))),
    TRACKED_POSITIONS_IN_THE_LOG_ARE_LOST_AT_RECOVERY(
            Sweep.CRASHES, "Replay", Changes.body("track", CodeBuilder::return_)),
    IDS_OF_APPENDS_ARE_LOST_AT_RECOVERY(
            Sweep.CRASHES, "LogOpening", Changes.without("remembered", "LogIndex.forEachAppend")),
    SEALING_DROPS_THE_LAST_FRAME(
            Sweep.CRASHES,
            "segment.SegmentSealer",
            Changes.after("copy", "LogEnd.frames", 2, code -> code.lconst_1().lsub())),
    A_SEALED_SEGMENT_IS_NOT_SYNCED(
            Sweep.CRASHES, "segment.SegmentSealer", Changes.without("flush", "StorageFile.sync")),
    THE_NAME_OF_A_SEALED_SEGMENT_IS_NOT_SYNCED(
            Sweep.CRASHES, "segment.SegmentSealer", Changes.without("seal", "Storage.syncDirectory")),

    A_FAILED_SYNC_IS_IGNORED(
            Sweep.FAILURES,
            "segment.SegmentWriter",
            Changes.catching("sync", Code.SEGMENT_WRITER, (code, original) -> code.return_())),
    A_FAILED_SYNC_IS_TRIED_AGAIN(
            Sweep.FAILURES,
            "segment.SegmentWriter",
            Changes.catching("sync", Code.SEGMENT_WRITER, (code, original) -> original.accept(code))),
    A_SHORT_WRITE_IS_TAKEN_FOR_A_WHOLE_ONE(
            Sweep.FAILURES,
            "segment.SegmentWriter",
            Changes.catching("write", Code.SEGMENT_WRITER, (code, original) -> Code.nextFrameOffset(code))),

    A_HOLE_IN_THE_LOG_IS_TAKEN_FOR_A_TORN_TAIL(
            Sweep.DAMAGES,
            "OpenSegments",
            Changes.body("isAtLaterFrame", code -> code.iconst_0().ireturn())),
    A_FRAME_IS_TAKEN_WHEREVER_IT_STANDS(Sweep.DAMAGES, "segment.LogEnd", Changes.body("mismatch", Code::returnEmpty)),
    THE_CHAIN_OF_FRAMES_IS_NOT_CHECKED(
            Sweep.DAMAGES,
            "segment.LogEnd",
            Changes.instead("mismatch", "Header.previousChecksum", 1, (code, call) -> Code.ownChecksum(code))),
    A_RECORD_IS_READ_WITHOUT_ITS_CHECKSUM(
            Sweep.DAMAGES,
            "dev.everfold.eventstore.EventFormat",
            Changes.body("isWhole", code -> code.iconst_1().ireturn())),
    THE_FOOTER_OF_A_SEGMENT_IS_TRUSTED_WITHOUT_ITS_CHECKSUM(
            Sweep.DAMAGES,
            "segment.SegmentFormat",
            Changes.instead("footer", "Layout.checksum", 0, (code, call) -> Code.storedChecksum(code))),
    AN_INDEX_RUN_IS_TRUSTED_WITHOUT_ITS_CHECKSUMS(
            Sweep.DAMAGES, "index.RunFile", Changes.body("checkBlock", CodeBuilder::return_)),
    AN_INDEX_AHEAD_OF_THE_LOG_IS_TRUSTED(
            Sweep.DAMAGES,
            "LogOpening",
            Changes.instead("openIndex", "LogEnd.frames", 0, (code, call) -> code.loadConstant(Long.MAX_VALUE)));

    private final Sweep sweep;
    private final String changedClass;
    private final ClassTransform change;

    /// What must find it.
    enum Sweep {
        CRASHES,
        FAILURES,
        DAMAGES
    }

    Defect(Sweep sweep, String changedClass, ClassTransform change) {
        this.sweep = sweep;
        this.changedClass =
                changedClass.startsWith("dev.") ? changedClass : Defect.class.getPackageName() + "." + changedClass;
        this.change = change;
    }

    Sweep sweep() {
        return sweep;
    }

    /// Loads the engine, and the tests with it, with this defect.
    DefectLoader load() {
        return new DefectLoader(changedClass, change);
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /// Pieces of the engine's code.
    private static final class Code {

        static final String SEGMENT_WRITER = FrameFormat.class.getPackageName() + ".SegmentWriter";

        private static final String LOG = Defect.class.getPackageName();
        private static final ClassDesc WRITER = ClassDesc.of(LOG, "LogWriter");
        private static final ClassDesc DECISIONS = ClassDesc.of(LOG, "AppendDecisions");
        private static final ClassDesc BATCH = ClassDesc.of(LOG, "Batch");
        private static final ClassDesc PUBLISHED = ClassDesc.of(LOG, "Published");
        private static final ClassDesc SEGMENT = ClassDesc.of(SEGMENT_WRITER);
        private static final ClassDesc END = ClassDesc.of(LOG + ".segment", "LogEnd");
        private static final ClassDesc LAYOUT = ClassDesc.of(LOG + ".segment", "Layout");
        private static final ClassDesc OPTIONAL = ClassDesc.of("java.util.Optional");
        private static final ClassDesc MAP = ClassDesc.of("java.util.TreeMap");

        private Code() {}

        static void syncSegment(CodeBuilder code) {
            code.aload(0).getfield(WRITER, "segment", SEGMENT).invokevirtual(SEGMENT, "sync", ConstantDescs.MTD_void);
        }

        static void publishBatch(CodeBuilder code) {
            code.aload(0)
                    .getfield(WRITER, "published", PUBLISHED)
                    .aload(0)
                    .getfield(WRITER, "decisions", DECISIONS)
                    .invokevirtual(DECISIONS, "batch", MethodTypeDesc.of(BATCH))
                    .invokevirtual(BATCH, "nextPosition", MethodTypeDesc.of(ConstantDescs.CD_long))
                    .invokevirtual(PUBLISHED, "raise", MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_long));
        }

        static void emptyMap(CodeBuilder code, MethodTypeDesc type) {
            code.new_(MAP)
                    .dup()
                    .invokespecial(MAP, ConstantDescs.INIT_NAME, ConstantDescs.MTD_void)
                    .checkcast(type.returnType());
        }

        static void nextFrameOffset(CodeBuilder code) {
            code.aload(0)
                    .invokevirtual(SEGMENT, "nextFrameOffset", MethodTypeDesc.of(ConstantDescs.CD_long))
                    .lreturn();
        }

        static void returnEmpty(CodeBuilder code) {
            code.invokestatic(OPTIONAL, "empty", MethodTypeDesc.of(OPTIONAL)).areturn();
        }

        static void ownChecksum(CodeBuilder code) {
            code.aload(0).invokevirtual(END, "checksum", MethodTypeDesc.of(ConstantDescs.CD_int));
        }

        static void storedChecksum(CodeBuilder code) {
            code.aload(0)
                    .loadConstant(60)
                    .invokestatic(
                            LAYOUT,
                            "getInt",
                            MethodTypeDesc.of(
                                    ConstantDescs.CD_int,
                                    List.of(ConstantDescs.CD_byte.arrayType(), ConstantDescs.CD_int)));
        }
    }
}
