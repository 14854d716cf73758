package dev.everfold.log;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// Changes of one method of a class, in its bytecode.
final class Changes {

    private static final ClassDesc IO_EXCEPTION = ClassDesc.of("java.io.IOException");
    private static final ClassDesc ILLEGAL_STATE = ClassDesc.of("java.lang.IllegalStateException");

    private Changes() {}

    /// The method does nothing but this, which must return.
    static ClassTransform body(String method, Consumer<CodeBuilder> code) {
        return ClassTransform.transformingMethods(named(method), (builder, element) -> {
            if (element instanceof CodeModel) {
                builder.withCode(code);
            } else {
                builder.with(element);
            }
        });
    }

    /// The method leaves out a call; where its result is used, 0, false or null takes its place.
    static ClassTransform without(String method, String callee) {
        return instead(method, callee, 0, (code, call) -> pushDefault(code, call.typeSymbol()));
    }

    /// The same for one of several calls, counted from 1.
    static ClassTransform without(String method, String callee, int occurrence) {
        return instead(method, callee, occurrence, (code, call) -> pushDefault(code, call.typeSymbol()));
    }

    /// In the place of a call and its arguments the method does this, which leaves a result of that type.
    ///
    /// @param occurrence which of several calls, counted from 1; 0 = all
    static ClassTransform instead(
            String method, String callee, int occurrence, BiConsumer<CodeBuilder, InvokeInstruction> code) {
        return atCall(method, callee, occurrence, (builder, call) -> {
            List<ClassDesc> parameters = call.typeSymbol().parameterList();
            for (ClassDesc parameter : parameters.reversed()) {
                pop(builder, parameter);
            }
            if (call.opcode() != Opcode.INVOKESTATIC) {
                builder.pop();
            }
            code.accept(builder, call);
        });
    }

    /// The method does this before a call, whose arguments are on the stack already.
    static ClassTransform before(String method, String callee, Consumer<CodeBuilder> code) {
        return atCall(method, callee, 0, (builder, call) -> {
            code.accept(builder);
            builder.with(call);
        });
    }

    /// The method does this with the result of a call.
    static ClassTransform after(String method, String callee, int occurrence, Consumer<CodeBuilder> code) {
        return atCall(method, callee, occurrence, (builder, call) -> {
            builder.with(call);
            code.accept(builder);
        });
    }

    /// The method fails where it should make a call.
    static ClassTransform failing(String method, String callee) {
        return atCall(
                method,
                callee,
                0,
                (builder, call) -> builder.new_(ILLEGAL_STATE)
                        .dup()
                        .invokespecial(ILLEGAL_STATE, ConstantDescs.INIT_NAME, ConstantDescs.MTD_void)
                        .athrow());
    }

    /// The method makes a call at its beginning instead of where it should.
    static ClassTransform earlier(String method, String callee, Consumer<CodeBuilder> call) {
        return ClassTransform.transformingMethodBodies(named(method), new CodeTransform() {
            @Override
            public void atStart(CodeBuilder builder) {
                call.accept(builder);
            }

            @Override
            public void accept(CodeBuilder builder, CodeElement element) {
                if (element instanceof InvokeInstruction invoke && isTo(invoke, callee)) {
                    builder.pop();
                } else {
                    builder.with(element);
                }
            }
        });
    }

    /// An I/O error of the method is caught, and this is done instead; it must return.
    static ClassTransform catching(String method, String owner, BiConsumer<CodeBuilder, Consumer<CodeBuilder>> code) {
        return new ClassTransform() {
            @Override
            public void accept(ClassBuilder builder, ClassElement element) {
                if (!(element instanceof MethodModel found && found.methodName().equalsString(method))) {
                    builder.with(element);
                    return;
                }
                String original = method + "Original";
                ClassDesc self = ClassDesc.of(owner);
                MethodTypeDesc type = found.methodTypeSymbol();
                builder.withMethod(
                        original,
                        type,
                        ClassFile.ACC_PRIVATE,
                        body -> found.forEach(part -> {
                            if (part instanceof CodeModel) {
                                body.with(part);
                            }
                        }));
                Consumer<CodeBuilder> call = body -> {
                    body.aload(0);
                    for (int i = 0; i < type.parameterCount(); i++) {
                        body.loadLocal(TypeKind.from(type.parameterType(i)), body.parameterSlot(i));
                    }
                    body.invokevirtual(self, original, type);
                    body.return_(TypeKind.from(type.returnType()));
                };
                builder.withMethodBody(
                        method,
                        type,
                        ClassFile.ACC_PUBLIC,
                        body -> body.trying(
                                call::accept,
                                catcher -> catcher.catching(IO_EXCEPTION, handler -> {
                                    handler.pop();
                                    code.accept(handler, call);
                                })));
            }
        };
    }

    private static ClassTransform atCall(
            String method, String callee, int occurrence, BiConsumer<CodeBuilder, InvokeInstruction> code) {
        return ClassTransform.transformingMethodBodies(
                named(method), CodeTransform.ofStateful(() -> new CodeTransform() {
                    private int count;

                    @Override
                    public void accept(CodeBuilder builder, CodeElement element) {
                        boolean due = element instanceof InvokeInstruction call
                                && isTo(call, callee)
                                && (++count == occurrence || occurrence == 0);
                        if (due) {
                            code.accept(builder, (InvokeInstruction) element);
                        } else {
                            builder.with(element);
                        }
                    }
                }));
    }

    private static Predicate<MethodModel> named(String method) {
        return found -> found.methodName().equalsString(method);
    }

    /// @param callee `Class.method`, the class without its package
    private static boolean isTo(InvokeInstruction call, String callee) {
        String owner = call.owner().asInternalName();
        String name = owner.substring(Math.max(owner.lastIndexOf('/'), owner.lastIndexOf('$')) + 1);
        return callee.equals(name + "." + call.name().stringValue());
    }

    private static void pop(CodeBuilder builder, ClassDesc type) {
        if (TypeKind.from(type).slotSize() == 2) {
            builder.pop2();
        } else {
            builder.pop();
        }
    }

    private static void pushDefault(CodeBuilder builder, MethodTypeDesc type) {
        switch (TypeKind.from(type.returnType())) {
            case VOID -> {}
            case LONG -> builder.lconst_0();
            case REFERENCE -> builder.aconst_null();
            default -> builder.iconst_0();
        }
    }
}
