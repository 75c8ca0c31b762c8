package io.github.rseq4j.percpu;

/**
 * What has become of one ring of a {@link PerCpuRingBuffer} by now. While it is written or read the
 * numbers need not be of the same moment.
 *
 * @param index which ring: the index that the kernel gives to those who write to it ({@link
 *     io.github.rseq4j.Availability#index()}), or the number of a lock
 * @param written how many records were written: those of claims once they are committed
 * @param lost how many records were discarded because the ring was full, or were overwritten
 * @param missed how many of those that were overwritten the reader had not read, as far as it has
 *     noticed: it does when it reads a record behind them
 * @param bytes how many bytes of the ring were ever taken, headers and padding included
 * @param fill how many bytes of the ring are taken: at most the capacity
 */
public record RingStatistics(
    int index, long written, long lost, long missed, long bytes, long fill) {}
