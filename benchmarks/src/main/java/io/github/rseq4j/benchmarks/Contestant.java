package io.github.rseq4j.benchmarks;

import io.github.rseq4j.benchmarks.report.Role;
import java.util.concurrent.Callable;

/**
 * Something that is measured in processes of its own.
 *
 * @param label its name for readers
 * @param role what it is in the comparison
 * @param run starts one process, waits for its end, and returns what it has measured; it throws if
 *     that fails
 */
record Contestant(String label, Role role, Callable<Sample> run) {}
