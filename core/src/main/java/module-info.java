/**
 * Linux restartable sequences: structures whose hot path touches only the memory of the CPU it runs
 * on, and the language in which such sequences are written.
 */
module io.github.rseq4j {
  requires static transitive org.jspecify;

  exports io.github.rseq4j;
  exports io.github.rseq4j.percpu;
  exports io.github.rseq4j.sequence;
}
