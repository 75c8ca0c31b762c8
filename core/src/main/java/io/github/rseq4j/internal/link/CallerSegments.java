package io.github.rseq4j.internal.link;

import io.github.rseq4j.sequence.Destination;
import io.github.rseq4j.sequence.Parameter;
import io.github.rseq4j.sequence.Program;
import io.github.rseq4j.sequence.Source;
import io.github.rseq4j.sequence.Value;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;

/** The segments that a caller passes: their sizes, and what they must be, whatever the backend. */
final class CallerSegments {
  private static final MethodHandle WRITABLE = find("writable");
  private static final MethodHandle ACCESSIBLE = find("accessible");

  private static final MethodHandle BYTE_SIZE = findByteSize();

  private CallerSegments() {}

  /** Passes, instead of a segment, its size. */
  static MethodHandle size(MethodHandle handle, int position) {
    return MethodHandles.filterArguments(handle, position, BYTE_SIZE);
  }

  /** Checks, before a call, that a destination can be written to. */
  static MethodHandle requireWritable(MethodHandle handle, int position) {
    return MethodHandles.filterArguments(handle, position, WRITABLE);
  }

  /**
   * Checks, before a call, what the linker of native functions would: that the calling thread may
   * use the segments; and that destinations can be written to.
   *
   * @param first the position of the first parameter of the program
   */
  static MethodHandle requireUsable(Program program, MethodHandle handle, int first) {
    List<Parameter> parameters = program.parameters();
    MethodHandle checked = handle;
    for (int i = 0; i < parameters.size(); i++) {
      switch (parameters.get(i)) {
        case Value _ -> {}
        case Source _ -> checked = MethodHandles.filterArguments(checked, first + i, ACCESSIBLE);
        case Destination _ ->
            checked =
                requireWritable(
                    MethodHandles.filterArguments(checked, first + i, ACCESSIBLE), first + i);
      }
    }
    return checked;
  }

  @SuppressWarnings("UnusedMethod") // called through WRITABLE
  private static MemorySegment writable(MemorySegment segment) {
    if (segment.isReadOnly()) {
      throw new IllegalArgumentException("a destination must not be read-only: " + segment);
    }
    return segment;
  }

  @SuppressWarnings("UnusedMethod") // called through ACCESSIBLE
  private static MemorySegment accessible(MemorySegment segment) {
    if (!segment.scope().isAlive()) {
      throw new IllegalStateException("the arena is already closed: " + segment);
    }
    if (!segment.isAccessibleBy(Thread.currentThread())) {
      throw new WrongThreadException("the segment belongs to another thread: " + segment);
    }
    return segment;
  }

  private static MethodHandle findByteSize() {
    try {
      return MethodHandles.publicLookup()
          .findVirtual(MemorySegment.class, "byteSize", MethodType.methodType(long.class));
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static MethodHandle find(String name) {
    try {
      return MethodHandles.lookup()
          .findStatic(
              CallerSegments.class,
              name,
              MethodType.methodType(MemorySegment.class, MemorySegment.class));
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }
}
