package io.github.rseq4j.internal.link;

import io.github.rseq4j.internal.asm.AssembledCode;
import io.github.rseq4j.internal.compile.Processor;
import io.github.rseq4j.internal.linux.CodeSpace;
import io.github.rseq4j.internal.linux.CodeSpaceException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/** Keeps the instruction cache of a processor that does not do so itself up to date. */
public final class CacheFlush {
  private CacheFlush() {}

  /**
   * Has a space flush the caches for all code that comes, if the processor needs it.
   *
   * @throws CodeSpaceException if the system refuses executable memory
   */
  public static void install(Processor processor, CodeSpace space) throws CodeSpaceException {
    Optional<AssembledCode> code = processor.cacheFlush();
    if (code.isEmpty()) {
      return;
    }
    MethodHandle handle =
        NativeFunctions.install(
            space,
            code.get(),
            FunctionDescriptor.ofVoid(ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
    space.flushWith(
        (start, end) -> {
          try {
            handle.invokeExact(start, end);
          } catch (Throwable e) {
            throw new IllegalStateException(e);
          }
        });
  }
}
