package io.github.rseq4j.internal.jvmci;

/** Why code cannot be installed as that of a Java method. */
public final class JvmciException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String remedy;

  /** Makes one. */
  public JvmciException(String reason, String remedy) {
    super(reason);
    this.remedy = remedy;
  }

  /** Returns what to change. */
  public String remedy() {
    return remedy;
  }
}
