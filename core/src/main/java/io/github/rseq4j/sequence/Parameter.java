package io.github.rseq4j.sequence;

/** What a caller passes to a sequence: a 64-bit {@link Value}, or {@link CallerMemory}. */
public sealed interface Parameter permits Value, CallerMemory {
  /** Returns this parameter's number in its sequence, from 0. */
  int id();

  /** Returns how many 64-bit words the parameter is passed as. */
  default int words() {
    return 1;
  }
}
