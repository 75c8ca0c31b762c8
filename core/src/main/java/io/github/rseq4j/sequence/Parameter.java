package io.github.rseq4j.sequence;

/** What a caller passes to a sequence: a 64-bit {@link Value} or a {@link Source} of bytes. */
public sealed interface Parameter permits Value, Source {
  /** Returns this parameter's number in its sequence, from 0. */
  int id();
}
