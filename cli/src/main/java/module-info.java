/** The command line of rseq4j. */
module io.github.rseq4j.cli {
  requires info.picocli;
  requires io.github.rseq4j;
  requires static org.jspecify;

  opens io.github.rseq4j.cli to
      info.picocli;
}
