package io.github.rseq4j.benchmarks;

import java.util.List;

/**
 * What one run of a contestant has measured.
 *
 * @param values at least one
 * @param allocated the bytes allocated per operation; empty if not measured
 */
record Sample(List<Double> values, List<Double> allocated) {
  /** Makes one without allocation. */
  Sample(List<Double> values) {
    this(values, List.of());
  }
}
