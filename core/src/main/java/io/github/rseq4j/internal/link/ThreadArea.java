package io.github.rseq4j.internal.link;

import io.github.rseq4j.internal.asm.AssembledCode;
import io.github.rseq4j.internal.compile.Processor;
import io.github.rseq4j.internal.compile.Target;
import io.github.rseq4j.internal.jvmci.JvmciException;
import io.github.rseq4j.internal.linux.CodeSpace;
import io.github.rseq4j.internal.linux.CodeSpaceException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Access to the area that the kernel shares with the calling thread (struct rseq).
 *
 * <p>It needs generated code, because Java cannot see the thread pointer; and each access is one
 * call, because between two a virtual thread may move to another carrier.
 */
public final class ThreadArea {
  private final Processor processor;
  private final CodeSpace space;
  private final Target target;
  private final Optional<JavaMethods> methods;

  /**
   * Makes access to the area.
   *
   * @param processor that of this machine
   * @param space where the code goes
   * @param target what the code is generated for
   * @param methods how readers are made methods; empty if they are called as functions
   */
  public ThreadArea(
      Processor processor, CodeSpace space, Target target, Optional<JavaMethods> methods) {
    this.processor = processor;
    this.space = space;
    this.target = target;
    this.methods = methods;
  }

  /**
   * Returns what answers the thread pointer of the calling thread.
   *
   * @throws CodeSpaceException if the system refuses executable memory
   */
  public static LongSupplier threadPointer(Processor processor, CodeSpace space)
      throws CodeSpaceException {
    MethodHandle handle = link(space, processor.threadPointer(), ValueLayout.JAVA_LONG);
    return () -> {
      try {
        return (long) handle.invokeExact();
      } catch (Throwable e) {
        throw new IllegalStateException(e);
      }
    };
  }

  /**
   * Returns a handle of type {@code ()int} that reads a 32-bit field; -1 in an unregistered thread
   * if the area is guarded.
   *
   * @param field the offset of the field in the area
   * @throws CodeSpaceException if the system refuses executable memory
   */
  public MethodHandle reader(int field) throws CodeSpaceException {
    MethodHandle function = link(space, processor.fieldReader(target, field), ValueLayout.JAVA_INT);
    if (methods.isEmpty()) {
      return function;
    }
    try {
      return JavaMethods.orElse(methods.get().reader(target, field), function);
    } catch (JvmciException _) {
      return function; // programs will be refused too, and say so
    }
  }

  /**
   * Returns a handle of type {@code ()long} that registers the area with the kernel and returns 0
   * or a negative error number, as the system call does (rseq(2); legacy length, for which every
   * kernel with rseq has room).
   *
   * @throws CodeSpaceException if the system refuses executable memory
   */
  public MethodHandle registration() throws CodeSpaceException {
    return link(space, processor.registration(target), ValueLayout.JAVA_LONG);
  }

  private static MethodHandle link(CodeSpace space, AssembledCode code, ValueLayout result)
      throws CodeSpaceException {
    return NativeFunctions.install(space, code, FunctionDescriptor.of(result));
  }
}
