package io.github.rseq4j.internal.linux;

/** Thrown where executable memory cannot be had; the message says why and what to change. */
public final class CodeSpaceException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int errno;

  CodeSpaceException(String reason, int errno) {
    super(reason);
    this.errno = errno;
  }

  /** What to change. */
  public String remedy() {
    return errno == Errno.ENOMEM
        ? "raise the limit on address space (ulimit -v) or on mappings (vm.max_map_count)"
        : "allow executable anonymous memory";
  }

  /** The kernel's error number: see {@link Errno}. */
  public int errno() {
    return errno;
  }
}
