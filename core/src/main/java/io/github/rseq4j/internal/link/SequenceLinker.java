package io.github.rseq4j.internal.link;

import io.github.rseq4j.internal.asm.AssembledCode;
import io.github.rseq4j.internal.compile.Placement;
import io.github.rseq4j.internal.compile.Processor;
import io.github.rseq4j.internal.compile.SequenceCompiler;
import io.github.rseq4j.internal.compile.SequenceState;
import io.github.rseq4j.internal.compile.Target;
import io.github.rseq4j.internal.jvmci.JvmciException;
import io.github.rseq4j.internal.linux.CodeSpace;
import io.github.rseq4j.internal.linux.CodeSpaceException;
import io.github.rseq4j.internal.linux.RseqAbi;
import io.github.rseq4j.sequence.CallerMemory;
import io.github.rseq4j.sequence.Destination;
import io.github.rseq4j.sequence.Parameter;
import io.github.rseq4j.sequence.Program;
import io.github.rseq4j.sequence.Value;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Installs the machine code of programs and makes it callable through the foreign function
 * interface or, if it takes no memory of the caller, as a Java method's.
 *
 * <p>Calls are <em>critical</em>: the thread stays in the Java state, so that neither a safepoint
 * nor a virtual-thread switch can come between entry and return, and memory of the caller may be a
 * heap array.
 */
public final class SequenceLinker {
  private final Processor processor;
  private final CodeSpace space;
  private final Target target;
  private final Optional<JavaMethods> methods;

  /**
   * Makes a linker.
   *
   * @param processor what is compiled for: that of this machine
   * @param space where the code goes
   * @param target what it is generated for
   * @param methods how programs are made methods too; empty if they are called as functions alone
   */
  public SequenceLinker(
      Processor processor, CodeSpace space, Target target, Optional<JavaMethods> methods) {
    this.processor = processor;
    this.space = space;
    this.target = target;
    this.methods = methods;
  }

  /**
   * A program that can be called.
   *
   * @param handle of type {@code (long base, long stride, parameters...)long}, where each parameter
   *     is a {@code long} or a {@link MemorySegment}. It trusts its caller for base and stride:
   *     they must be those of memory with as many slices as the target has indices, each at least
   *     {@link Program#minimumSlice()} bytes.
   * @param state what the code shares with Java
   * @param refusal why it is not a method, though it should be
   */
  public record Linked(
      MethodHandle handle, SequenceState state, Optional<JvmciException> refusal) {}

  /**
   * Compiles and installs a program. The code stays for ever.
   *
   * @throws CodeSpaceException if the system refuses executable memory
   */
  public Linked link(Program program) throws CodeSpaceException {
    boolean memory = program.parameters().stream().anyMatch(CallerMemory.class::isInstance);
    if (methods.isEmpty() || memory) {
      return linkFunction(program, memory, Optional.empty());
    }
    try {
      return linkMethod(program, methods.get());
    } catch (JvmciException e) {
      return linkFunction(program, false, Optional.of(e));
    }
  }

  private Linked linkFunction(Program program, boolean memory, Optional<JvmciException> refusal)
      throws CodeSpaceException {
    int bytes = compile(program, Placement.NOWHERE).bytes().length;
    CodeSpace.Installed installed =
        space.install(bytes, (destination, code, data) -> write(program, destination, code, data));
    MethodHandle handle = NativeFunctions.handle(installed.entry(), descriptor(program), memory);
    return new Linked(
        memory ? withSizes(program, handle) : handle, new SequenceState(installed.data()), refusal);
  }

  /** Makes a program a function and a method, whose descriptors are behind the function. */
  private Linked linkMethod(Program program, JavaMethods methods) throws CodeSpaceException {
    int function = compile(program, Placement.NOWHERE).bytes().length;
    int behind = (function + RseqAbi.DESCRIPTOR_ALIGNMENT - 1) & -RseqAbi.DESCRIPTOR_ALIGNMENT;
    FunctionDescriptor descriptor = descriptor(program);
    List<MethodHandle> method = new ArrayList<>();
    CodeSpace.Installed installed =
        space.install(
            behind + SequenceCompiler.descriptorBytes(program),
            (destination, code, data) -> {
              write(program, destination.asSlice(0, function), code, data);
              JavaMethods.Installed made =
                  methods.install(program, target, data, code + behind, descriptor.toMethodType());
              // Before anybody can call it.
              destination.asSlice(behind).copyFrom(made.descriptors());
              method.add(made.handle());
            });
    MethodHandle handle =
        JavaMethods.orElse(
            method.getFirst(), NativeFunctions.handle(installed.entry(), descriptor, false));
    return new Linked(handle, new SequenceState(installed.data()), Optional.empty());
  }

  private void write(Program program, MemorySegment destination, long code, long data) {
    destination.copyFrom(
        MemorySegment.ofArray(compile(program, new Placement(code, data)).bytes()));
  }

  private AssembledCode compile(Program program, Placement placement) {
    return SequenceCompiler.compile(processor, program, target, placement);
  }

  private static FunctionDescriptor descriptor(Program program) {
    List<MemoryLayout> words = new ArrayList<>();
    words.add(ValueLayout.JAVA_LONG);
    words.add(ValueLayout.JAVA_LONG);
    for (Parameter parameter : program.parameters()) {
      switch (parameter) {
        case Value _ -> words.add(ValueLayout.JAVA_LONG);
        case CallerMemory _ -> {
          words.add(ValueLayout.ADDRESS);
          words.add(ValueLayout.JAVA_LONG);
        }
      }
    }
    return FunctionDescriptor.of(ValueLayout.JAVA_LONG, words.toArray(MemoryLayout[]::new));
  }

  /** Passes, behind each segment, its size. */
  private static MethodHandle withSizes(Program program, MethodHandle handle) {
    MethodType type = MethodType.methodType(long.class, long.class, long.class);
    List<Integer> order = new ArrayList<>(List.of(0, 1));
    MethodHandle sized = handle;
    for (Parameter parameter : program.parameters()) {
      int at = order.size();
      order.add(type.parameterCount());
      if (parameter instanceof CallerMemory) {
        order.add(type.parameterCount());
        sized = CallerSegments.size(sized, at + 1);
        if (parameter instanceof Destination) {
          sized = CallerSegments.requireWritable(sized, at);
        }
      }
      type =
          type.appendParameterTypes(parameter instanceof Value ? long.class : MemorySegment.class);
    }
    return MethodHandles.permuteArguments(
        sized, type, order.stream().mapToInt(Integer::intValue).toArray());
  }
}
