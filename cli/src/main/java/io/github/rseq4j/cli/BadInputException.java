package io.github.rseq4j.cli;

/** An argument that cannot be used. Its message, one line, is for whoever typed it. */
final class BadInputException extends Exception {
  private static final long serialVersionUID = 1L;

  BadInputException(String message) {
    super(message);
  }
}
