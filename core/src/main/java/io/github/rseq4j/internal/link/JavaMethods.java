package io.github.rseq4j.internal.link;

import static java.lang.classfile.ClassFile.ACC_FINAL;
import static java.lang.classfile.ClassFile.ACC_NATIVE;
import static java.lang.classfile.ClassFile.ACC_STATIC;

import io.github.rseq4j.internal.asm.AssembledCode;
import io.github.rseq4j.internal.compile.MethodEntry;
import io.github.rseq4j.internal.compile.Placement;
import io.github.rseq4j.internal.compile.Processor;
import io.github.rseq4j.internal.compile.SequenceCompiler;
import io.github.rseq4j.internal.compile.Target;
import io.github.rseq4j.internal.compile.x64.X64;
import io.github.rseq4j.internal.jvmci.CodeInstaller;
import io.github.rseq4j.internal.jvmci.JvmciException;
import io.github.rseq4j.internal.linux.Arch;
import io.github.rseq4j.sequence.Program;
import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.util.Arrays;

/**
 * Installs machine code as that of static native Java methods, through JVMCI.
 *
 * <p>A call of such a method is one of compiled Java code: it costs less than one of the foreign
 * function interface, and like that has no safepoint between entry and return.
 */
public final class JavaMethods {
  private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();
  private static final String NAME = "run";
  private static final ClassDesc CLASS =
      ClassDesc.of(JavaMethods.class.getPackageName(), "InstalledMethod");

  private final Processor processor;
  private final CodeInstaller installer;

  private JavaMethods(Processor processor, CodeInstaller installer) {
    this.processor = processor;
    this.installer = installer;
  }

  /**
   * Finds what is needed in this JVM.
   *
   * @throws JvmciException if it cannot be done here
   */
  public static JavaMethods find(Processor processor) {
    if (processor.arch() != Arch.X86_64) {
      throw new JvmciException(
          "for %s there is no such backend".formatted(processor.arch()),
          "use an x86-64 machine, or do without the property rseq4j.backend");
    }
    return new JavaMethods(processor, CodeInstaller.find(X64.METHOD_ARGUMENTS));
  }

  /** The code of a program in a method, and what it needs beside it. */
  record Installed(MethodHandle handle, MemorySegment descriptors) {}

  /**
   * Installs a program as a method.
   *
   * @param target what its code is generated for as a C function's
   * @param data the address of its state
   * @param descriptors where its descriptors will be, {@link SequenceCompiler#descriptorBytes}
   *     large
   * @param type the type of the method
   * @throws JvmciException if HotSpot refuses
   */
  Installed install(Program program, Target target, long data, long descriptors, MethodType type) {
    Method method = define(type);
    byte[] code = compile(program, target, new Placement(0, data, descriptors));
    int end = code.length - SequenceCompiler.descriptorBytes(program);
    long start = install(method, Arrays.copyOf(code, end));
    byte[] placed = compile(program, target, new Placement(start, data, descriptors));
    return new Installed(handle(method), MemorySegment.ofArray(placed).asSlice(end).asReadOnly());
  }

  private byte[] compile(Program program, Target target, Placement placement) {
    return SequenceCompiler.compile(processor, program, enteredByMethod(target), placement).bytes();
  }

  /**
   * Returns a handle that reads a 32-bit field of the thread's area, as {@link ThreadArea#reader}.
   *
   * @throws JvmciException if HotSpot refuses
   */
  MethodHandle reader(Target target, int field) {
    AssembledCode code = processor.fieldReader(enteredByMethod(target), field);
    Method method = define(MethodType.methodType(int.class));
    install(method, code.bytes());
    return handle(method);
  }

  /**
   * Returns a handle that calls a method, or a function where there is no code of the method: when
   * a debugger has the calling thread do single steps.
   */
  static MethodHandle orElse(MethodHandle method, MethodHandle function) {
    return MethodHandles.catchException(
        method,
        UnsatisfiedLinkError.class,
        MethodHandles.dropArguments(function, 0, UnsatisfiedLinkError.class));
  }

  private Target enteredByMethod(Target target) {
    return target.enteredBy(new MethodEntry(installer.guard(), installer.barrier()));
  }

  private long install(Method method, byte[] code) {
    return installer.install(method, code, X64.METHOD_FRAME_BYTES);
  }

  /** Defines a class of its own with a static native method. */
  private static Method define(MethodType type) {
    byte[] bytes =
        ClassFile.of()
            .build(
                CLASS,
                builder -> {
                  builder.withFlags(ACC_FINAL);
                  builder.withMethod(
                      NAME,
                      type.describeConstable().orElseThrow(),
                      ACC_STATIC | ACC_NATIVE,
                      _ -> {});
                });
    try {
      return LOOKUP
          .defineHiddenClass(bytes, true)
          .lookupClass()
          .getDeclaredMethod(NAME, type.parameterArray());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static MethodHandle handle(Method method) {
    try {
      return MethodHandles.privateLookupIn(method.getDeclaringClass(), LOOKUP).unreflect(method);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }
}
