package io.github.rseq4j.internal.rseq;

import io.github.rseq4j.internal.linux.Libc;
import io.github.rseq4j.internal.linux.Mapping;
import io.github.rseq4j.sequence.Sequence;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Per-CPU memory: slices of equal size, one for each index, zero at first.
 *
 * <pre>
 *   base                base + stride                         base + slices * stride
 *   +-------------------+-------------------+-- ... --+-------------------+
 *   |      slice 0      |      slice 1      |         |  slice of locked  |
 *   +-------------------+-------------------+-- ... --+-------------------+
 * </pre>
 *
 * <p>A page becomes memory when it is first touched. All of it is given back when the region and
 * every segment of it are unreachable: a caller of a linked sequence keeps the region reachable
 * until the call has returned.
 */
public final class Region {
  /** Two cache lines, since processors fetch them in pairs: no slice shares one with another. */
  private static final long ALIGNMENT = 128;

  /** Slices as large as this are multiples of it, so that each has pages of its own. */
  private static final long PAGE = 4096;

  private static final VarHandle LONGS = ValueLayout.JAVA_LONG.varHandle();

  private final Platform platform;
  private final MemorySegment memory;
  private final long base;
  private final long stride;

  private Region(Platform platform, MemorySegment memory, long stride) {
    this.platform = platform;
    this.memory = memory;
    this.base = memory.address();
    this.stride = stride;
  }

  /**
   * Allocates a region.
   *
   * @param sliceBytes how large each slice is at least
   * @param sequences those that will be run on it
   * @throws OutOfMemoryError if there is not enough address space
   * @throws IllegalArgumentException if a sequence needs larger slices
   */
  public static Region allocate(long sliceBytes, Sequence... sequences) {
    Platform platform = Platform.current();
    long alignment = sliceBytes < PAGE ? ALIGNMENT : PAGE;
    long stride = (sliceBytes + alignment - 1) & -alignment;
    for (Sequence sequence : sequences) {
      sequence.requireFits(stride);
    }
    long bytes = Math.multiplyExact(stride, platform.slices());
    MemorySegment memory =
        Libc.unavailable().isEmpty()
            ? Mapping.reserve(bytes)
            : Arena.ofAuto().allocate(bytes, ALIGNMENT);
    return new Region(platform, memory, stride);
  }

  /** Returns the address {@code offset} bytes into the first slice. */
  long base(long offset) {
    return base + offset;
  }

  /** Returns the size of each slice in bytes. */
  public long stride() {
    return stride;
  }

  /** Returns the number of slices. */
  public int slices() {
    return platform.slices();
  }

  /** Returns all of the memory. */
  public MemorySegment memory() {
    return memory;
  }

  /** Reads the 64 bits at an offset in the region; no later access moves before it. */
  public long getAcquire(long offset) {
    return (long) LONGS.getAcquire(memory, offset);
  }

  /** Reads 64 bits of a slice; no later access moves before it. */
  public long getAcquire(int slice, long offset) {
    return getAcquire(start(slice) + offset);
  }

  /** Writes the 64 bits at an offset in the region; no earlier access moves after it. */
  public void setRelease(long offset, long value) {
    LONGS.setRelease(memory, offset, value);
  }

  /** Writes 64 bits of a slice; no earlier access moves after it. */
  public void setRelease(int slice, long offset, long value) {
    setRelease(start(slice) + offset, value);
  }

  /**
   * Writes 64 bits of a slice if they are {@code expected}, and returns whether they were; no
   * access moves across it.
   */
  public boolean compareAndSet(int slice, long offset, long expected, long value) {
    return LONGS.compareAndSet(memory, start(slice) + offset, expected, value);
  }

  /** Returns the sum of the 64-bit words at {@code offset} in all slices. */
  public long sum(long offset) {
    long sum = 0;
    for (int slice = 0; slice < slices(); slice++) {
      sum += getAcquire(slice, offset);
    }
    return sum;
  }

  /** Makes every operation that is under way finish or start again; see {@link Platform#fence}. */
  public void fence() {
    platform.fence();
  }

  /**
   * Makes every operation on a slice that is under way finish or start again; see {@link
   * Platform#fence(int, boolean)}.
   */
  public void fence(int slice, boolean everyCpu) {
    platform.fence(slice, everyCpu);
  }

  /** Returns the number of the slice that the calling thread works on under a lock. */
  int lockedSlice() {
    return platform.lockedSlice();
  }

  /** Returns the lock of a slice that has one. */
  ReentrantLock lock(int slice) {
    return platform.lock(slice);
  }

  /** Returns where a slice begins in the memory. */
  long start(int slice) {
    return slice * stride;
  }
}
