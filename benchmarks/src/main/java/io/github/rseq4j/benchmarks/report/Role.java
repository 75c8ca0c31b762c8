package io.github.rseq4j.benchmarks.report;

/** What a contender is in a comparison. */
public enum Role {
  /** It is of this library. */
  OURS,
  /** It is what people use in its place, or what ours is held against: ours / rival is a ratio. */
  RIVAL,
  /** It does nothing, and shows what the measurement itself takes. */
  NOTHING
}
