package io.github.rseq4j.internal.rseq;

import io.github.rseq4j.Availability;
import io.github.rseq4j.Availability.Missing;
import io.github.rseq4j.Isa;
import io.github.rseq4j.internal.compile.Processor;
import io.github.rseq4j.internal.compile.SequenceState;
import io.github.rseq4j.internal.compile.Target;
import io.github.rseq4j.internal.jvmci.JvmciException;
import io.github.rseq4j.internal.link.JavaMethods;
import io.github.rseq4j.internal.link.Listings;
import io.github.rseq4j.internal.link.SequenceLinker;
import io.github.rseq4j.internal.linux.Arch;
import io.github.rseq4j.internal.linux.CodeSpace;
import io.github.rseq4j.internal.linux.CodeSpaceException;
import io.github.rseq4j.internal.linux.Errno;
import io.github.rseq4j.internal.linux.Membarrier;
import io.github.rseq4j.sequence.Program;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * What sequences run on in this process.
 *
 * <p>Every region has the same number of slices. Where rseq is active there is one for each index,
 * and one more behind them for threads that cannot be registered; that one is worked on under a
 * lock. Otherwise all of them are, each under its own.
 */
public final class Platform {
  /**
   * What there is where rseq is active.
   *
   * @param processor what code is compiled for
   * @param space where code goes
   * @param target what code is generated for
   * @param methods how code is made that of Java methods, if it is
   * @param cpuId reads the field of that name
   * @param nodeId reads the field of that name, if it is there
   * @param mmCid reads the field of that name, if it is there
   * @param registration registers the calling thread
   */
  record Machine(
      Processor processor,
      CodeSpace space,
      Target target,
      Optional<JavaMethods> methods,
      MethodHandle cpuId,
      Optional<MethodHandle> nodeId,
      Optional<MethodHandle> mmCid,
      MethodHandle registration) {
    /** Returns a linker for this machine. */
    SequenceLinker linker() {
      return new SequenceLinker(processor, space, target, methods);
    }

    /** Returns a linker whose code has injection points. */
    SequenceLinker injectingLinker() {
      return new SequenceLinker(processor, space, target.withInjection(), methods);
    }

    /** Returns what code is compiled to. */
    Isa isa() {
      return Isa.valueOf(processor.arch().name());
    }
  }

  private static final class Holder {
    static final Platform CURRENT = Detection.detect();
  }

  private final Availability availability;
  private final Optional<Machine> machine;
  private final int firstLocked;
  private final List<ReentrantLock> locks;
  private final List<SequenceState> states = new CopyOnWriteArrayList<>();

  /** What could not be linked as it should have been. */
  private final List<Missing> programs = new CopyOnWriteArrayList<>();

  Platform(Availability availability, Optional<Machine> machine) {
    this.availability = availability;
    this.machine = machine;
    this.firstLocked = machine.map(side -> side.target.indices()).orElse(0);
    int locked = machine.isPresent() ? 1 : Runtime.getRuntime().availableProcessors();
    this.locks = Stream.generate(ReentrantLock::new).limit(locked).toList();
  }

  /** Returns this process's platform. */
  public static Platform current() {
    return Holder.CURRENT;
  }

  /** Returns what is active, and why. */
  public Availability availability() {
    return programs.isEmpty()
        ? availability
        : new Availability(
            availability.active(),
            availability.backend(),
            availability.calls(),
            availability.reason(),
            availability.registeredBy(),
            availability.index(),
            availability.indexKinds(),
            availability.features(),
            availability.area(),
            availability.kernel(),
            availability.libc(),
            availability.cpus(),
            availability.membarrier(),
            availability.nativeAccess(),
            Stream.concat(availability.missing().stream(), programs.stream()).toList());
  }

  /** Notes that a program runs under a lock, although rseq is active. */
  void runsLocked(Program program, CodeSpaceException reason) {
    programs.add(
        new Missing(
            "machine code of " + program.name(),
            String.valueOf(reason.getMessage()),
            reason.remedy()));
  }

  /**
   * Notes that a program is called through the foreign function interface, although it should not.
   */
  void isNoMethod(Program program, JvmciException reason) {
    programs.add(
        new Missing(
            "a method for " + program.name(),
            String.valueOf(reason.getMessage()),
            reason.remedy()));
  }

  /** Returns what sequences run as. */
  public Isa isa() {
    return machine.map(Machine::isa).orElse(Isa.BYTECODE);
  }

  /** Returns how many sequences the kernel has aborted. */
  public long restarts() {
    return states.stream().mapToLong(SequenceState::restarts).sum();
  }

  /**
   * Returns the listing of a program for a backend, as it is or would be compiled here; where there
   * is no area its offset counts as 0.
   */
  public String listing(Program program, Isa isa) {
    Target target = machine.map(Machine::target).orElseGet(() -> new Target(0, slices(), false));
    return switch (isa) {
      case X86_64 -> Listings.of(program, Arch.X86_64, target);
      case AARCH64 -> Listings.of(program, Arch.AARCH64, target);
      case RISCV64 -> Listings.of(program, Arch.RISCV64, target);
      case BYTECODE -> Listings.bytecode(program);
    };
  }

  /** Returns how many slices each region has. */
  int slices() {
    return firstLocked + locks.size();
  }

  Optional<Machine> machine() {
    return machine;
  }

  /** Counts the restarts of a sequence from now on. */
  void count(SequenceState state) {
    states.add(state);
  }

  /**
   * Registers the calling thread, if it has an area that is not registered.
   *
   * @return whether it was; false too if it was registered before
   */
  boolean registerThread() {
    if (machine.isEmpty()) {
      return false;
    }
    try {
      return (long) machine.get().registration.invokeExact() == 0;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the number of the slice that the calling thread works on under a lock. */
  int lockedSlice() {
    // Consecutive threads get different locks; which one is of no importance.
    return firstLocked
        + (int) Long.remainderUnsigned(Thread.currentThread().threadId(), locks.size());
  }

  /** Returns the lock of a slice that has one. */
  ReentrantLock lock(int slice) {
    return locks.get(slice - firstLocked);
  }

  /**
   * Makes every operation that is under way finish or start again.
   *
   * <p>A sequence that another thread is in has committed when this returns, or will start again
   * and then see all that the caller wrote before: through {@code membarrier} where the kernel
   * restarts sequences, by taking each lock once where locks are.
   */
  void fence() {
    if (machine.isPresent()) {
      requireFenced(Membarrier.fenceRseq());
    }
    locks.forEach(Platform::passThrough);
  }

  /**
   * Does what {@link #fence()} does for the operations on one slice.
   *
   * @param everyCpu whether the slice may be worked on from any CPU
   */
  void fence(int slice, boolean everyCpu) {
    if (slice >= firstLocked) {
      passThrough(lock(slice));
    } else {
      requireFenced(everyCpu ? Membarrier.fenceRseq() : Membarrier.fenceRseq(slice));
    }
  }

  private static void requireFenced(int result) {
    if (result != 0) {
      throw new IllegalStateException(
          "membarrier failed with %s, unlike before: allow it in the seccomp filter"
              .formatted(Errno.describe(-result)));
    }
  }

  private static void passThrough(ReentrantLock lock) {
    lock.lock();
    try {
      // Whoever held it has finished.
    } finally {
      lock.unlock();
    }
  }
}
