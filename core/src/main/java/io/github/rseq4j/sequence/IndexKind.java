package io.github.rseq4j.sequence;

/**
 * The number that selects a thread's slice of per-CPU memory; both are fields of the area which the
 * kernel shares with each thread ({@code struct rseq} in {@code linux/rseq.h}).
 */
public enum IndexKind {
  /** The number of the CPU the thread runs on: stable, sparse, right for NUMA placement. */
  CPU_ID("cpu_id"),

  /**
   * The memory map concurrency id (Linux 6.3 and later): unique among the threads of this process
   * that run at the same moment, dense, and below both the number of threads and of allowed CPUs,
   * so that a small process on a large machine touches few slices.
   */
  MM_CID("mm_cid");

  private final String fieldName;

  IndexKind(String fieldName) {
    this.fieldName = fieldName;
  }

  /** Returns the kernel's name of the field. */
  @Override
  public String toString() {
    return fieldName;
  }
}
