package io.github.rseq4j.internal.linux;

/** There is no place for an area of our own; the message says why. */
public final class NoAreaException extends Exception {
  private static final long serialVersionUID = 1L;

  NoAreaException(String message) {
    super(message);
  }
}
