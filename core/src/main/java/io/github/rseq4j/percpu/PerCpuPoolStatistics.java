package io.github.rseq4j.percpu;

/**
 * What a {@link PerCpuPool} has done.
 *
 * @param hits acquisitions from the CPU's own items; each CPU counts modulo 2<sup>48</sup>
 * @param misses acquisitions that found none there, with or without success elsewhere
 * @param moved items moved between CPUs and the shared list
 * @param created items made
 * @param destroyed items destroyed
 */
public record PerCpuPoolStatistics(
    long hits, long misses, long moved, long created, long destroyed) {}
