package io.github.rseq4j.benchmarks;

import java.util.Objects;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;

/** What a number of threads means for an operation. */
enum Threading {
  /** As many threads do the same. */
  ALL {
    @Override
    ChainedOptionsBuilder apply(ChainedOptionsBuilder options, int threads) {
      return options.threads(threads);
    }
  },

  /** As many threads write, which are measured, and one reads. */
  READER_BESIDE {
    @Override
    ChainedOptionsBuilder apply(ChainedOptionsBuilder options, int threads) {
      return options.threadGroups(1, threads); // in the order of the methods' names: Read, Write
    }

    @Override
    Result<?> score(RunResult result) {
      return Objects.requireNonNull(result.getSecondaryResults().get("transferWrite"));
    }
  },

  /** As many threads write, of which the benchmark takes care, and one reads, which is measured. */
  READER_MEASURED {
    @Override
    ChainedOptionsBuilder apply(ChainedOptionsBuilder options, int threads) {
      return options.threads(1).param("writers", String.valueOf(threads));
    }
  },

  /** There is one thread always; it may start virtual threads, as many as {@code tasks} says. */
  ONE {
    @Override
    ChainedOptionsBuilder apply(ChainedOptionsBuilder options, int threads) {
      return options.threads(1);
    }
  };

  /** Sets the number of threads. */
  abstract ChainedOptionsBuilder apply(ChainedOptionsBuilder options, int threads);

  /** Returns the time per operation, in nanoseconds. */
  Result<?> score(RunResult result) {
    return result.getPrimaryResult();
  }
}
