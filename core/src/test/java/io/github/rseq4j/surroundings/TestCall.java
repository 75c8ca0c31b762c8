package io.github.rseq4j.surroundings;

import io.github.rseq4j.internal.linux.Arch;
import io.github.rseq4j.internal.linux.Libc;

/**
 * A system call that only tests make, with its number on x86-64 ({@code asm/unistd_64.h}) and on
 * the processors that came later ({@code asm-generic/unistd.h}).
 */
public enum TestCall {
  /** {@code execve(path, arguments, environment)}. */
  EXECVE(59, 221),
  /** {@code kill(pid, signal)}. */
  KILL(62, 129),
  /** {@code prctl(operation, ...)}. */
  PRCTL(157, 167),
  /** {@code prlimit64(pid, resource, limit, old)}. */
  PRLIMIT64(302, 261),
  /** {@code ptrace(request, tid, address, data)}. */
  PTRACE(101, 117),
  /** {@code rt_sigaction(signal, action, old, bytes of a mask)}. */
  RT_SIGACTION(13, 134),
  /** {@code seccomp(operation, flags, arguments)}. */
  SECCOMP(317, 277),
  /** {@code setitimer(which, value, old)}. */
  SETITIMER(38, 103),
  /** {@code tgkill(pid, tid, signal)}. */
  TGKILL(234, 131),
  /** {@code wait4(tid, status, options, usage)}. */
  WAIT4(61, 260);

  private final int x8664;
  private final int generic;

  TestCall(int x8664, int generic) {
    this.x8664 = x8664;
    this.generic = generic;
  }

  /** Makes this call: the kernel's result, a failure being the negative error number. */
  public long call(long... arguments) {
    boolean old = Arch.current().filter(arch -> arch == Arch.X86_64).isPresent();
    return Libc.syscall(old ? x8664 : generic, arguments);
  }
}
