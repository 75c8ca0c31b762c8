package io.github.rseq4j.internal.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * The few functions of the C library that everything else here is made of.
 *
 * <p>The library is bound on first use. Where that cannot be (not Linux, or native access denied)
 * {@link #unavailable()} has the reason, and every method still answers: {@code -ENOSYS}, 0 or
 * empty, as documented with each.
 */
public final class Libc {
  /** Whether this module may call native code; {@code java}'s {@code --enable-native-access}. */
  public enum NativeAccess {
    /** It was granted on the command line or in the application's manifest. */
    ENABLED,
    /** It was not granted: the JDK lets it pass with a warning, which a later one will not. */
    WARNED,
    /** It was not granted, and the JDK refuses it. */
    DENIED
  }

  /** The most arguments that a system call takes. */
  static final int MAX_ARGUMENTS = 6;

  /** Protection of {@link #mmap} and {@link #mprotect}: no access; {@code bits/mman-linux.h}. */
  static final int PROT_NONE = 0;

  /** Protection: read. */
  static final int PROT_READ = 1;

  /** Protection: write. */
  static final int PROT_WRITE = 2;

  /** Protection: execute. */
  static final int PROT_EXEC = 4;

  /** The auxiliary vector's entry for the size of a page; {@code linux/auxvec.h}. */
  private static final int AT_PAGESZ = 6;

  /** MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE; {@code asm-generic/mman.h}. */
  private static final int ANONYMOUS_FLAGS = 0x02 | 0x20 | 0x4000;

  private Libc() {}

  /**
   * Whether this module may call native code, as it was before the first such call of this class.
   *
   * <p>Asking makes one harmless restricted call, and so brings the JDK's warning if there is to be
   * one. After another class of the module has had that warning, a module that was never granted
   * access counts as {@code ENABLED}: the JDK no longer tells them apart.
   */
  public static NativeAccess nativeAccess() {
    return Access.STATE;
  }

  /**
   * Why the functions of this class cannot be called.
   *
   * @return empty if they can
   */
  public static Optional<String> unavailable() {
    return switch (Binding.OUTCOME) {
      case Bound _ -> Optional.empty();
      case Unbound(String reason) -> Optional.of(reason);
    };
  }

  /**
   * The value of an entry of the auxiliary vector that the kernel gave to this process.
   *
   * @param type an {@code AT_} constant of {@code linux/auxvec.h}
   * @return 0 if there is no such entry, or if calls are {@linkplain #unavailable() unavailable}
   */
  public static long getauxval(long type) {
    if (!(Binding.OUTCOME instanceof Bound bound)) {
      return 0;
    }
    try {
      return (long) bound.getauxval().invokeExact(type);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /**
   * The version of glibc, such as {@code 2.36}.
   *
   * @return empty for another C library, or if calls are {@linkplain #unavailable() unavailable}
   */
  public static Optional<String> version() {
    return find("gnu_get_libc_version").map(Libc::callForString);
  }

  /**
   * The CPU that the calling thread was running on a moment ago, by {@code sched_getcpu}.
   *
   * @return {@code -ENOSYS} if there is no such function or calls are {@linkplain #unavailable()
   *     unavailable}
   */
  public static int schedGetcpu() {
    if (SchedGetcpu.FUNCTION.isEmpty()) {
      return -Errno.ENOSYS;
    }
    try {
      int cpu = (int) SchedGetcpu.FUNCTION.get().invokeExact();
      return cpu < 0 ? -Errno.ENOSYS : cpu; // its only documented error
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /**
   * Makes a system call, with a result as the kernel's own ABI has it.
   *
   * @param number the call's number on this architecture: see {@link SystemCall}
   * @param arguments at most {@value #MAX_ARGUMENTS}
   * @return the result; a failure is the negative error number, in {@code [-4095, -1]}; {@code
   *     -ENOSYS} also if calls are {@linkplain #unavailable() unavailable}
   * @throws IllegalArgumentException if there are too many arguments
   */
  public static long syscall(long number, long... arguments) {
    if (arguments.length > MAX_ARGUMENTS) {
      throw new IllegalArgumentException(
          "%d arguments: a system call takes at most %d"
              .formatted(arguments.length, MAX_ARGUMENTS));
    }
    if (!(Binding.OUTCOME instanceof Bound bound)) {
      return -Errno.ENOSYS;
    }
    long[] a = Arrays.copyOf(arguments, MAX_ARGUMENTS);
    try (var arena = Arena.ofConfined()) {
      var callState = arena.allocate(CallState.LAYOUT);
      var result =
          (long) bound.syscall().invokeExact(callState, number, a[0], a[1], a[2], a[3], a[4], a[5]);
      return result == -1 ? -(int) CallState.ERRNO.get(callState, 0L) : result;
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /**
   * The NUMA node of the CPU that the calling thread runs on, asked of the kernel.
   *
   * @return {@code -ENOSYS} if calls are unavailable
   */
  public static int currentNode() {
    try (var arena = Arena.ofConfined()) {
      var node = arena.allocate(JAVA_INT);
      long result = SystemCall.GETCPU.call(0, node.address());
      return result == 0 ? node.get(JAVA_INT, 0) : (int) result;
    }
  }

  /** The size of a page in bytes, a power of two; 0 if calls are unavailable. */
  static long pageSize() {
    return getauxval(AT_PAGESZ);
  }

  /** Maps zeroed private memory of which no page is reserved: its address, or {@code -errno}. */
  static long mmap(long bytes, int protection) {
    return SystemCall.MMAP.call(0, bytes, protection, ANONYMOUS_FLAGS, -1, 0);
  }

  /** Changes the protection of whole pages: 0 or {@code -errno}. */
  static int mprotect(long address, long bytes, int protection) {
    return (int) SystemCall.MPROTECT.call(address, bytes, protection);
  }

  /** Unmaps whole pages: 0 or {@code -errno}. */
  static int munmap(long address, long bytes) {
    return (int) SystemCall.MUNMAP.call(address, bytes);
  }

  /** The address of a symbol of the C library; empty also if calls are unavailable. */
  static Optional<MemorySegment> find(String symbol) {
    return unavailable().isPresent()
        ? Optional.empty()
        : Linker.nativeLinker().defaultLookup().find(symbol);
  }

  @SuppressWarnings("restricted") // that the function has this shape is the caller's promise
  static MethodHandle link(
      MemorySegment function, FunctionDescriptor descriptor, Linker.Option... options) {
    return Linker.nativeLinker().downcallHandle(function, descriptor, options);
  }

  @SuppressWarnings("restricted") // the C library's string ends with a zero byte
  private static String callForString(MemorySegment function) {
    try {
      var string = (MemorySegment) link(function, FunctionDescriptor.of(ADDRESS)).invokeExact();
      return string.reinterpret(Long.MAX_VALUE).getString(0);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** A downcall throws nothing checked: what arrives here is an error of the JVM or of ours. */
  static RuntimeException unexpected(Throwable e) {
    return switch (e) {
      case RuntimeException unchecked -> unchecked;
      case Error error -> throw error;
      default -> new IllegalStateException(e);
    };
  }

  /*
   * Each of the following classes is initialized by the first method that needs it, and its
   * initializer never throws: an initializer that does leaves a class that fails for ever with a
   * NoClassDefFoundError, which names neither the cause nor the remedy.
   */

  /** The state of native access. */
  private static final class Access {
    static final NativeAccess STATE = probe();

    @SuppressWarnings("restricted") // to find out what happens is the purpose
    private static NativeAccess probe() {
      var module = Libc.class.getModule();
      if (module.isNativeAccessEnabled()) {
        return NativeAccess.ENABLED;
      }
      try {
        var _ = MemorySegment.NULL.reinterpret(0);
      } catch (IllegalCallerException _) {
        return NativeAccess.DENIED;
      }
      // The JDK enables a module after it has warned about it, but not if it is told to allow all.
      return module.isNativeAccessEnabled() ? NativeAccess.WARNED : NativeAccess.ENABLED;
    }
  }

  /** Whether the functions that everything needs could be bound. */
  private sealed interface Outcome {}

  /** They are. {@code syscall} takes a segment for errno, the number and six arguments. */
  private record Bound(MethodHandle syscall, MethodHandle getauxval) implements Outcome {}

  /** They are not. */
  private record Unbound(String reason) implements Outcome {}

  /** The functions that everything needs. */
  private static final class Binding {
    static final Outcome OUTCOME = bind();

    private static Outcome bind() {
      String system = System.getProperty("os.name", "");
      if (!system.equals("Linux")) {
        return new Unbound("the operating system is %s, not Linux".formatted(system));
      }
      if (nativeAccess() == NativeAccess.DENIED) {
        var module = Libc.class.getModule();
        return new Unbound(
            "native access is denied to %s: start java with --enable-native-access=%s"
                .formatted(
                    module.isNamed() ? "module " + module.getName() : "the class path",
                    module.isNamed() ? module.getName() : "ALL-UNNAMED"));
      }
      try {
        var lookup = Linker.nativeLinker().defaultLookup();
        return new Bound(
            link(
                lookup.findOrThrow("syscall"),
                FunctionDescriptor.of(
                    JAVA_LONG, // errno aside, long syscall(long number, ...)
                    JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
                Linker.Option.firstVariadicArg(1),
                Linker.Option.captureCallState("errno")),
            link(lookup.findOrThrow("getauxval"), FunctionDescriptor.of(JAVA_LONG, JAVA_LONG)));
      } catch (UnsupportedOperationException e) {
        return new Unbound("the C library cannot be called from this JVM: " + e.getMessage());
      } catch (NoSuchElementException e) {
        // The JDK has then failed to load the library by which it finds functions: it does not say
        // so, and will not try again.
        return new Unbound(
            "the JDK has not found the C library (%s), as without a free file descriptor: start it"
                    .formatted(e.getMessage())
                + " again with more of them (ulimit -n)");
      }
    }
  }

  /** Where a call leaves errno. */
  private static final class CallState {
    static final StructLayout LAYOUT = Linker.Option.captureStateLayout();
    static final VarHandle ERRNO = LAYOUT.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  }

  /** The function of {@link #schedGetcpu()}, which the other functions can do without. */
  private static final class SchedGetcpu {
    static final Optional<MethodHandle> FUNCTION =
        find("sched_getcpu").map(function -> link(function, FunctionDescriptor.of(JAVA_INT)));
  }
}
