package io.github.rseq4j.benchmarks.report;

/**
 * What contenders are compared in.
 *
 * @param group the name of the group on the command line
 * @param operation what is done, or what there is, in one line
 * @param unit the unit of the values, such as {@code ns per operation}; less is better
 * @param axis what the points of a series differ in, such as {@code threads}; empty if there is one
 *     point only
 */
public record Subject(String group, String operation, String unit, String axis) {
  /** Returns what it is called where its group is not named beside it. */
  public String title() {
    return group + ": " + operation;
  }
}
