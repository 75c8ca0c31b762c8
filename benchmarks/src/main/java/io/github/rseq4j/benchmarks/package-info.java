/** JMH benchmarks of the structures and of what the JDK offers in their place. */
@NullMarked
package io.github.rseq4j.benchmarks;

import org.jspecify.annotations.NullMarked;
