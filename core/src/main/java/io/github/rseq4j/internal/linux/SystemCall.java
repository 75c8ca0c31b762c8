package io.github.rseq4j.internal.linux;

/**
 * A system call that is used here, with its number on each {@link Arch}: {@code asm/unistd_64.h} on
 * x86-64, {@code asm-generic/unistd.h} on all others.
 */
public enum SystemCall {
  /** {@code mmap(address, bytes, protection, flags, fd, offset)}. */
  MMAP(9, 222),
  /** {@code mprotect(address, bytes, protection)}. */
  MPROTECT(10, 226),
  /** {@code munmap(address, bytes)}. */
  MUNMAP(11, 215),
  /** {@code gettid()}. */
  GETTID(186, 178),
  /** {@code sched_setaffinity(tid, bytes, mask)}. */
  SCHED_SETAFFINITY(203, 122),
  /** {@code sched_getaffinity(tid, bytes, mask)}: the number of bytes written. */
  SCHED_GETAFFINITY(204, 123),
  /** {@code tgkill(tgid, tid, signal)}. */
  TGKILL(234, 131),
  /** {@code getcpu(cpu, node, unused)}. */
  GETCPU(309, 168),
  /** {@code membarrier(command, flags, cpu)}. */
  MEMBARRIER(324, 283),
  /** {@code rseq(area, length, flags, signature)}. */
  RSEQ(334, 293);

  private final int x8664;
  private final int generic;

  SystemCall(int x8664, int generic) {
    this.x8664 = x8664;
    this.generic = generic;
  }

  /** The number of this call on {@code arch}. */
  public int number(Arch arch) {
    return switch (arch) {
      case X86_64 -> x8664;
      case AARCH64, RISCV64 -> generic;
    };
  }

  /**
   * Makes this call.
   *
   * @param arguments at most {@value Libc#MAX_ARGUMENTS}
   * @return the kernel's result, a failure being the negative error number: see {@link Errno};
   *     {@code -ENOSYS} also where the number is not known or native calls are {@linkplain
   *     Libc#unavailable() unavailable}
   */
  public long call(long... arguments) {
    var arch = Arch.current();
    return arch.isPresent() ? Libc.syscall(number(arch.get()), arguments) : -Errno.ENOSYS;
  }
}
