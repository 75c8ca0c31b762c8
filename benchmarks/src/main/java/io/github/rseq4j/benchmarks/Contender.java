package io.github.rseq4j.benchmarks;

import java.util.List;

/**
 * What is measured: a structure of this library, or what is used in its place.
 *
 * <p>Each is a constant of an enum, which is the type of a benchmark's parameter {@code contender}.
 * A fork runs one of them and loads the classes of no other, so calls have one target.
 */
public interface Contender {
  /** Returns its name as a constant, which is the value of the parameter. */
  String name();

  /** Returns its name for readers. */
  String label();

  /** Returns whether it is of this library. */
  boolean ours();

  /** Returns the options that its JVM needs besides those of the benchmark. */
  default List<String> jvmArgs() {
    return List.of();
  }
}
