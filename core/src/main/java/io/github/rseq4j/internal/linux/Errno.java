package io.github.rseq4j.internal.linux;

/** The error numbers that callers tell apart, from {@code asm-generic/errno-base.h} and errno.h. */
public final class Errno {
  /** Operation not permitted: a security filter, or a registration that is missing. */
  public static final int EPERM = 1;

  /** No such thread. */
  public static final int ESRCH = 3;

  /** Out of memory, of address space, or of mappings. */
  public static final int ENOMEM = 12;

  /** Permission denied. */
  public static final int EACCES = 13;

  /** Busy: for rseq, already registered with the same arguments. */
  public static final int EBUSY = 16;

  /** Invalid argument. */
  public static final int EINVAL = 22;

  /** Function not implemented. */
  public static final int ENOSYS = 38;

  private Errno() {}

  /**
   * The name and number of an error for messages: {@code ENOSYS (38)}, or {@code errno 5} for one
   * that has no name here.
   */
  public static String describe(int errno) {
    return switch (errno) {
      case EPERM -> "EPERM (1)";
      case ESRCH -> "ESRCH (3)";
      case ENOMEM -> "ENOMEM (12)";
      case EACCES -> "EACCES (13)";
      case EBUSY -> "EBUSY (16)";
      case EINVAL -> "EINVAL (22)";
      case ENOSYS -> "ENOSYS (38)";
      default -> "errno " + errno;
    };
  }
}
