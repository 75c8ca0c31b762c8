package io.github.rseq4j.internal.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import java.util.OptionalInt;

/** The C library's keys for data of which each thread has its own: {@code pthread.h}. */
final class PthreadKeys {
  /** Where glibc before 2.34 has them. The JVM has loaded it long ago. */
  private static final String LIBRARY = "libpthread.so.0";

  private final MethodHandle create;
  private final MethodHandle delete;
  private final MethodHandle set;
  private final MethodHandle self;

  private PthreadKeys(
      MemorySegment create, MemorySegment delete, MemorySegment set, MemorySegment self) {
    this.create = Libc.link(create, FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
    this.delete = Libc.link(delete, FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    this.set = Libc.link(set, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG));
    this.self = Libc.link(self, FunctionDescriptor.of(JAVA_LONG));
  }

  /** Finds the functions; empty if one is missing or native calls are unavailable. */
  static Optional<PthreadKeys> find() {
    var create = find("pthread_key_create");
    var delete = find("pthread_key_delete");
    var set = find("pthread_setspecific");
    var self = find("pthread_self");
    return create.isPresent() && delete.isPresent() && set.isPresent() && self.isPresent()
        ? Optional.of(new PthreadKeys(create.get(), delete.get(), set.get(), self.get()))
        : Optional.empty();
  }

  private static Optional<MemorySegment> find(String symbol) {
    return Libc.unavailable().isPresent()
        ? Optional.empty()
        : Libc.find(symbol).or(() -> findInLibrary(symbol));
  }

  @SuppressWarnings("restricted") // a library of the system, which is part of the process anyway
  private static Optional<MemorySegment> findInLibrary(String symbol) {
    try {
      return SymbolLookup.libraryLookup(LIBRARY, Arena.global()).find(symbol);
    } catch (IllegalArgumentException _) {
      return Optional.empty(); // there is no such library
    }
  }

  /** Creates a key without a destructor; empty if there are too many. */
  OptionalInt create() {
    try (var arena = Arena.ofConfined()) {
      var key = arena.allocate(JAVA_INT);
      int error = (int) create.invokeExact(key, MemorySegment.NULL);
      return error == 0 ? OptionalInt.of(key.get(JAVA_INT, 0)) : OptionalInt.empty();
    } catch (Throwable e) {
      throw Libc.unexpected(e);
    }
  }

  /** Deletes a key. */
  void delete(int key) {
    try {
      var _ = (int) delete.invokeExact(key);
    } catch (Throwable e) {
      throw Libc.unexpected(e);
    }
  }

  /** Sets what the calling thread has for a key of the first ones, which cannot fail. */
  void set(int key, long data) {
    try {
      var _ = (int) set.invokeExact(key, data);
    } catch (Throwable e) {
      throw Libc.unexpected(e);
    }
  }

  /** The identity of the calling thread: in glibc, the address of its {@code struct pthread}. */
  long self() {
    try {
      return (long) self.invokeExact();
    } catch (Throwable e) {
      throw Libc.unexpected(e);
    }
  }
}
