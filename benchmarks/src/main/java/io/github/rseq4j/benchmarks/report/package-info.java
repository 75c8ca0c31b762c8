/** Results of benchmarks: what they hold, their statistics, and how they are shown. */
@NullMarked
package io.github.rseq4j.benchmarks.report;

import org.jspecify.annotations.NullMarked;
