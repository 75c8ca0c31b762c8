package io.github.rseq4j.surroundings;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.github.rseq4j.internal.linux.Arch;
import io.github.rseq4j.internal.linux.Errno;
import io.github.rseq4j.internal.linux.SystemCall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A seccomp filter under which some system calls fail: a program in classic BPF ({@code
 * linux/filter.h}, {@code linux/seccomp.h}) that the kernel runs before each call.
 *
 * @param denied what fails
 * @param errno how
 */
record Denial(What denied, int errno) {
  /** What may be denied: the system call of that name, or more. */
  enum What {
    RSEQ,
    MEMBARRIER,
    SCHED_SETAFFINITY,
    /** Memory that is to be executable, as the third argument of two calls says. */
    EXEC;

    private List<SystemCall> calls() {
      return this == EXEC
          ? List.of(SystemCall.MMAP, SystemCall.MPROTECT)
          : List.of(SystemCall.valueOf(name()));
    }
  }

  /** The key under which a process prints that it cannot have its surroundings, and why. */
  static final String NOT_POSSIBLE = "not_possible";

  /** Words of {@code struct seccomp_data}: number, architecture, lower half of an argument. */
  private static final int NUMBER = 0;

  private static final int ARCH = 4;
  private static final int THIRD_ARGUMENT = 32;

  /** Of the architecture some bit is always set. */
  private static final int ANY = -1;

  private static final int PROT_EXEC = 4;

  private static final int LOAD = 0x20; // BPF_LD | BPF_W | BPF_ABS
  private static final int JUMP_EQUAL = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
  private static final int JUMP_SET = 0x45; // BPF_JMP | BPF_JSET | BPF_K
  private static final int RETURN = 0x06; // BPF_RET | BPF_K
  private static final int INSTRUCTION_BYTES = 8;

  private static final int ALLOW = 0x7fff0000; // SECCOMP_RET_ALLOW
  private static final int FAIL = 0x00050000; // SECCOMP_RET_ERRNO

  private static final long PR_SET_NO_NEW_PRIVS = 38;
  private static final long SET_MODE_FILTER = 1;
  private static final long ALL_THREADS = 1; // SECCOMP_FILTER_FLAG_TSYNC

  /** Reads what {@link #toString} writes, such as {@code RSEQ:38}. */
  static Denial parse(String text) {
    String[] parts = text.split(":", -1);
    return new Denial(What.valueOf(parts[0]), Integer.parseInt(parts[1]));
  }

  @Override
  public String toString() {
    return denied + ":" + errno;
  }

  /** Has the calls fail in all threads of this process, and in what it becomes, for ever. */
  void install() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment instructions = program(arena);
      MemorySegment program = arena.allocate(2 * JAVA_LONG.byteSize(), JAVA_LONG.byteAlignment());
      program.set(JAVA_SHORT, 0, (short) (instructions.byteSize() / INSTRUCTION_BYTES));
      program.set(JAVA_LONG, JAVA_LONG.byteSize(), instructions.address());
      require("prctl", TestCall.PRCTL.call(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
      require("seccomp", TestCall.SECCOMP.call(SET_MODE_FILTER, ALL_THREADS, program.address()));
    }
  }

  /** Ends this process well, and has whoever started it skip the test, where a call fails. */
  static void require(String call, long result) {
    if (result != 0) {
      System.out.printf("%s=%s: %s%n", NOT_POSSIBLE, call, Errno.describe((int) -result));
      System.exit(0);
    }
  }

  private MemorySegment program(Arena arena) {
    List<SystemCall> calls = denied.calls();
    int n = calls.size();
    boolean all = denied != What.EXEC;
    MemorySegment to = arena.allocate((n + 8L) * INSTRUCTION_BYTES, INSTRUCTION_BYTES);
    int at = 0;
    put(to, at++, LOAD, 0, 0, ARCH);
    put(to, at++, JUMP_EQUAL, 0, n + 1, auditArch());
    put(to, at++, LOAD, 0, 0, NUMBER);
    for (SystemCall call : calls) {
      put(to, at, JUMP_EQUAL, n + 3 - at, 0, call.number(Arch.current().orElseThrow()));
      at++;
    }
    put(to, at++, RETURN, 0, 0, ALLOW);
    put(to, at++, LOAD, 0, 0, all ? ARCH : THIRD_ARGUMENT);
    put(to, at++, JUMP_SET, 1, 0, all ? ANY : PROT_EXEC);
    put(to, at++, RETURN, 0, 0, ALLOW);
    put(to, at, RETURN, 0, 0, FAIL | errno);
    return to;
  }

  private static void put(MemorySegment to, int at, int code, int ifTrue, int ifFalse, int k) {
    long offset = (long) at * INSTRUCTION_BYTES;
    to.set(JAVA_INT, offset, code | ifTrue << 16 | ifFalse << 24);
    to.set(JAVA_INT, offset + JAVA_INT.byteSize(), k);
  }

  /** The processor as {@code linux/audit.h} numbers it: that of ELF, 64 bits, little-endian. */
  private static int auditArch() {
    return switch (System.getProperty("os.arch")) {
      case "amd64" -> 0xc000003e;
      case "aarch64" -> 0xc00000b7;
      case "riscv64" -> 0xc00000f3;
      case String other -> throw new IllegalStateException("no filter is known for " + other);
    };
  }
}
