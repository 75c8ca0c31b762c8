package io.github.rseq4j;

import io.github.rseq4j.internal.rseq.Region;
import io.github.rseq4j.internal.rseq.RegionLinker;
import io.github.rseq4j.internal.rseq.SliceStop;
import io.github.rseq4j.sequence.Exit;
import io.github.rseq4j.sequence.IndexKind;
import io.github.rseq4j.sequence.Program;
import io.github.rseq4j.sequence.Sequence;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Per-CPU memory for sequences of one's own: slices of equal size, one for each index and one for
 * threads that have none, zero at first.
 *
 * <pre>{@code
 * static final PerCpuRegion REGION = PerCpuRegion.allocate(8 + 8 * CAPACITY);
 * static final MethodHandle PUSH = REGION.link(Stack.PUSH);   // (long)long
 * ...
 * long result = (long) PUSH.invokeExact(42L);
 * }</pre>
 *
 * <p>A linked sequence touches memory of this region alone, whatever its arguments are: constant
 * addresses are checked when it is linked, and addresses with an index each time, in the sequence.
 * Memory of the caller is touched only inside the segment that is passed.
 *
 * <p>The memory is given back when the region, everything linked to it and every segment of it are
 * unreachable. Offsets are in bytes from the start of a slice.
 *
 * <table>
 *   <caption>Operations</caption>
 *   <tr><th>operation</th><th>touches</th><th>ordering</th><th>allocates</th>
 *       <th>without rseq</th></tr>
 *   <tr><td>a linked handle</td><td>this CPU's slice</td><td>as its steps say</td><td>no</td>
 *       <td>the same, under a lock</td></tr>
 *   <tr><td>{@link #getAcquire}, {@link #sum}</td><td>one or all slices</td><td>acquire</td>
 *       <td>no</td><td>the same</td></tr>
 *   <tr><td>{@link #setRelease}</td><td>one slice</td><td>release</td><td>no</td>
 *       <td>the same</td></tr>
 *   <tr><td>{@link #fence()}, {@link #fence(int)}</td><td>other CPUs, by an interrupt</td>
 *       <td>full, with every sequence</td><td>no</td><td>takes and releases locks</td></tr>
 *   <tr><td>{@link #runStopped}</td><td>one slice</td><td>as its fence</td><td>a little</td>
 *       <td>the same</td></tr>
 * </table>
 */
public final class PerCpuRegion {
  private final Region region;
  private final ReentrantLock stopping = new ReentrantLock();

  /** Whether a slice may be worked on from any CPU, since something is linked by mm_cid. */
  private volatile boolean everyCpu;

  private PerCpuRegion(Region region) {
    this.region = region;
  }

  /**
   * Allocates a region.
   *
   * @param sliceBytes how large each slice is at least, 1 to 2<sup>40</sup> bytes; what is not
   *     touched takes address space only
   * @throws IllegalArgumentException if the size is out of range
   * @throws OutOfMemoryError if there is not enough address space
   */
  public static PerCpuRegion allocate(long sliceBytes) {
    if (sliceBytes < 1 || sliceBytes > 1L << 40) {
      throw new IllegalArgumentException("slices of %d bytes, not 1 to 2^40".formatted(sliceBytes));
    }
    return new PerCpuRegion(Region.allocate(sliceBytes));
  }

  /** Links a sequence to this region; see {@link #link(Program)}. */
  public MethodHandle link(Sequence sequence) {
    return link(Program.of(sequence));
  }

  /**
   * Links a program to this region, for the backend that is active.
   *
   * <p>The code stays for ever, so link each program once, and keep the handle in a {@code static
   * final} field: only then is the call inlined. Where the kernel has no {@link IndexKind#MM_CID},
   * {@link IndexKind#CPU_ID} takes its place. Where the system has no executable memory left, the
   * program runs under a lock on one slice for all threads, and {@link Rseq#availability()} has the
   * reason.
   *
   * @return a handle whose parameters are, in order, a {@code long} for each value and a {@link
   *     MemorySegment} for each source and destination, and whose result is that of the exit, or
   *     {@link Exit#OUT_OF_BOUNDS}; call it with {@code invokeExact}
   * @throws io.github.rseq4j.sequence.SequenceException naming the step whose constant address is
   *     outside the slices
   */
  public MethodHandle link(Program program) {
    program.requireFits(region.stride());
    if (program.index() == IndexKind.MM_CID) {
      everyCpu = true;
    }
    return RegionLinker.link(program).bindTo(region);
  }

  /** Returns how large each slice is, in bytes: at least what was asked for. */
  public long sliceBytes() {
    return region.stride();
  }

  /** Returns how many slices there are. */
  public int slices() {
    return region.slices();
  }

  /**
   * Returns a view of a slice that can be read and not written.
   *
   * @param slice its number, from 0
   * @throws IndexOutOfBoundsException if there is none of that number
   */
  public MemorySegment slice(int slice) {
    return writable(slice).asReadOnly();
  }

  /**
   * Reads 64 bits of a slice; no later access moves before it.
   *
   * @param slice the number of the slice, from 0
   * @param offset a multiple of 8
   * @throws IndexOutOfBoundsException if the slice or the offset is out of range
   * @throws IllegalArgumentException if the offset is not a multiple of 8
   */
  public long getAcquire(int slice, long offset) {
    checkWord(slice, offset);
    return region.getAcquire(slice, offset);
  }

  /**
   * Writes 64 bits of a slice; no earlier access moves after it. Sequences do not notice: what they
   * and others write has to be kept apart by their protocol, or by {@link #runStopped}.
   *
   * @param slice the number of the slice, from 0
   * @param offset a multiple of 8
   * @throws IndexOutOfBoundsException if the slice or the offset is out of range
   * @throws IllegalArgumentException if the offset is not a multiple of 8
   */
  public void setRelease(int slice, long offset, long value) {
    checkWord(slice, offset);
    region.setRelease(slice, offset, value);
  }

  /**
   * Returns the sum of the 64-bit words at {@code offset} in all slices, read one after another.
   *
   * @param offset a multiple of 8
   * @throws IndexOutOfBoundsException if the offset is out of range
   * @throws IllegalArgumentException if the offset is not a multiple of 8
   */
  public long sum(long offset) {
    checkWord(0, offset);
    return region.sum(offset);
  }

  /**
   * Makes every sequence that is under way finish or start again. When this returns, each has
   * committed, or will start again and then see all that the caller wrote before ({@code
   * membarrier(2)}, {@code MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ}).
   *
   * @throws IllegalStateException if the process has been denied that call since it started
   */
  public void fence() {
    region.fence();
  }

  /**
   * Does what {@link #fence()} does for the sequences on one slice.
   *
   * @param slice its number, from 0
   * @throws IndexOutOfBoundsException if there is none of that number
   * @throws IllegalStateException as {@link #fence()}
   */
  public void fence(int slice) {
    region.fence(Objects.checkIndex(slice, slices()), everyCpu);
  }

  /**
   * Works on a slice while its sequences keep off it: sets the flag, fences, runs the action, and
   * clears the flag. Each sequence of this region must begin by testing the flag, with an acquire
   * load, and leave if it is not 0:
   *
   * <pre>{@code
   * s.exitIf(s.loadAcquire64("stopped", STOPPED), NOT_EQUAL, 0, STOPPED_EXIT);
   * }</pre>
   *
   * <p>One action runs at a time.
   *
   * @param slice the number of the slice, from 0
   * @param flag the offset of the flag, a multiple of 8; it is 0 but during such actions
   * @param action gets the slice, to read and write
   * @throws IndexOutOfBoundsException if the slice or the offset is out of range
   * @throws IllegalArgumentException if the offset is not a multiple of 8
   * @throws IllegalStateException as {@link #fence()}; the action is not run
   */
  public void runStopped(int slice, long flag, Consumer<MemorySegment> action) {
    checkWord(slice, flag);
    MemorySegment memory = writable(slice);
    stopping.lock();
    try {
      SliceStop.run(region, slice, flag, everyCpu, () -> action.accept(memory));
    } finally {
      stopping.unlock();
    }
  }

  private MemorySegment writable(int slice) {
    Objects.checkIndex(slice, slices());
    return region.memory().asSlice(slice * region.stride(), region.stride());
  }

  private void checkWord(int slice, long offset) {
    Objects.checkIndex(slice, slices());
    Objects.checkFromIndexSize(offset, Long.BYTES, region.stride());
    if (offset % Long.BYTES != 0) {
      throw new IllegalArgumentException("offset %d is not a multiple of 8".formatted(offset));
    }
  }
}
