package io.github.rseq4j.internal.compile.bytecode;

import static java.lang.classfile.ClassFile.ACC_FINAL;
import static java.lang.classfile.ClassFile.ACC_STATIC;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;

import io.github.rseq4j.sequence.CallerMemory;
import io.github.rseq4j.sequence.Parameter;
import io.github.rseq4j.sequence.Program;
import io.github.rseq4j.sequence.Value;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Compiles programs to bytecode that runs them under a lock. */
public final class BytecodeCompiler {
  /*
   * The shape of the class
   *
   *   static long run(ReentrantLock lock, MemorySegment memory,
   *                   long start, long stride, long offset, words...) {
   *     lock.lock();
   *     try {
   *       return sequence0(memory, start, stride, start + offset, words...);
   *     } finally {
   *       lock.unlock();
   *     }
   *   }
   *
   *   static long sequence0(MemorySegment memory, long start, long stride, long base, words...)
   *   static long sequence1(...)
   *
   * A sequence that has committed ends with a call of the next one, if there is one; any other exit
   * returns. Each has a method of its own because HotSpot leaves methods of more than 8000 bytes to
   * its interpreter for ever (-XX:-DontCompileHugeMethods), which a long program would be.
   *
   * Who holds the lock works on the slice alone, so a sequence is atomic to all others. It is not to
   * readers, who take no lock: as with machine code they see the commit, and what was stored before.
   *
   * The lock parks who waits, and does not spin: its holder may lose the processor at any place, or
   * be a virtual thread that is unmounted, and who spins for it meanwhile may be what keeps it from
   * running.
   */

  static final ClassDesc SEGMENT = ClassDesc.of(MemorySegment.class.getName());

  private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();
  private static final String RUN = "run";
  private static final ClassDesc REENTRANT_LOCK = ClassDesc.of(ReentrantLock.class.getName());
  private static final ClassDesc COMPILED =
      ClassDesc.of(BytecodeCompiler.class.getPackageName(), "CompiledProgram");

  /** The slots of the parameters of {@code run}. */
  private static final int LOCK = 0;

  private static final int MEMORY = 1;
  private static final int START = 2;
  private static final int STRIDE = 4;
  private static final int OFFSET = 6;
  private static final int PARAMETERS = 8;

  private final Program program;

  /** By the name of the method. */
  private final Map<String, Notes> notes = new HashMap<>();

  private BytecodeCompiler(Program program) {
    this.program = program;
  }

  /** Compiles a program, loads the class, and returns a handle of its method {@code run}. */
  public static MethodHandle load(Program program) {
    MethodType type =
        MethodType.methodType(
            long.class,
            ReentrantLock.class,
            MemorySegment.class,
            long.class,
            long.class,
            long.class);
    for (Parameter parameter : program.parameters()) {
      type =
          type.appendParameterTypes(parameter instanceof Value ? long.class : MemorySegment.class);
    }
    try {
      MethodHandles.Lookup compiled =
          LOOKUP.defineHiddenClass(new BytecodeCompiler(program).compile(), true);
      return compiled.findStatic(compiled.lookupClass(), RUN, type);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the code of a program: offset, bytes, instruction, and step. */
  public static String listing(Program program) {
    BytecodeCompiler compiler = new BytecodeCompiler(program);
    return BytecodeListing.of(compiler.compile(), compiler.notes);
  }

  private byte[] compile() {
    return ClassFile.of()
        .build(
            COMPILED,
            builder -> {
              builder.withFlags(ACC_FINAL);
              builder.withMethodBody(RUN, runType(), ACC_STATIC, this::emitRun);
              for (int i = 0; i < program.sequences().size(); i++) {
                emitSequence(builder, i);
              }
            });
  }

  private void emitSequence(ClassBuilder builder, int number) {
    boolean last = number == program.sequences().size() - 1;
    builder.withMethodBody(
        sequence(number),
        sequenceType(),
        ACC_STATIC,
        code -> {
          @Nullable Runnable next = last ? null : () -> emitNext(code, number + 1);
          new BytecodeSteps(code, program.sequences().get(number), notes(sequence(number)), next)
              .emit();
        });
  }

  private void emitNext(CodeBuilder code, int number) {
    notes(sequence(number - 1)).note(code, "then " + program.sequences().get(number).name());
    code.aload(BytecodeSteps.MEMORY);
    code.lload(BytecodeSteps.START).lload(BytecodeSteps.STRIDE).lload(BytecodeSteps.BASE);
    pushParameters(code, BytecodeSteps.PARAMETERS);
    code.invokestatic(COMPILED, sequence(number), sequenceType());
  }

  private void emitRun(CodeBuilder code) {
    Notes run = notes(RUN);
    nameVariables(run);
    Label begin = code.newLabel();
    Label end = code.newLabel();
    Label thrown = code.newLabel();
    int result = code.allocateLocal(TypeKind.LONG);
    run.variable(result, "result");
    run.note(code, "lock");
    code.aload(LOCK).invokevirtual(REENTRANT_LOCK, "lock", MethodTypeDesc.of(CD_void));
    code.labelBinding(begin);
    run.note(code, program.sequences().getFirst().name());
    code.aload(MEMORY).lload(START).lload(STRIDE);
    code.lload(START).lload(OFFSET).ladd();
    pushParameters(code, PARAMETERS);
    code.invokestatic(COMPILED, sequence(0), sequenceType());
    code.lstore(result);
    code.labelBinding(end);
    run.note(code, "unlock");
    emitUnlock(code);
    code.lload(result).lreturn();
    run.bind(code, thrown, "thrown");
    run.note(code, "unlock, then throw on");
    emitUnlock(code);
    code.athrow();
    code.exceptionCatchAll(begin, end, thrown);
  }

  private void nameVariables(Notes run) {
    run.variable(LOCK, "lock");
    run.variable(MEMORY, "memory");
    run.variable(START, "start");
    run.variable(STRIDE, "stride");
    run.variable(OFFSET, "offset");
    int slot = PARAMETERS;
    for (Parameter parameter : program.parameters()) {
      run.variable(slot, parameter.toString());
      slot += slots(parameter);
    }
  }

  private static void emitUnlock(CodeBuilder code) {
    code.aload(LOCK).invokevirtual(REENTRANT_LOCK, "unlock", MethodTypeDesc.of(CD_void));
  }

  private void pushParameters(CodeBuilder code, int first) {
    int slot = first;
    for (Parameter parameter : program.parameters()) {
      switch (parameter) {
        case Value _ -> code.lload(slot);
        case CallerMemory _ -> code.aload(slot);
      }
      slot += slots(parameter);
    }
  }

  private MethodTypeDesc runType() {
    List<ClassDesc> types =
        new ArrayList<>(List.of(REENTRANT_LOCK, SEGMENT, CD_long, CD_long, CD_long));
    types.addAll(parameterTypes());
    return MethodTypeDesc.of(CD_long, types);
  }

  private MethodTypeDesc sequenceType() {
    List<ClassDesc> types = new ArrayList<>(List.of(SEGMENT, CD_long, CD_long, CD_long));
    types.addAll(parameterTypes());
    return MethodTypeDesc.of(CD_long, types);
  }

  private List<ClassDesc> parameterTypes() {
    return program.parameters().stream()
        .map(parameter -> parameter instanceof Value ? CD_long : SEGMENT)
        .toList();
  }

  private Notes notes(String method) {
    return notes.computeIfAbsent(method, _ -> new Notes());
  }

  private static String sequence(int number) {
    return "sequence" + number;
  }

  /** Returns how many slots of local variables a parameter takes. */
  static int slots(Parameter parameter) {
    return parameter instanceof Value ? TypeKind.LONG.slotSize() : TypeKind.REFERENCE.slotSize();
  }
}
