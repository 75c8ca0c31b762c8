package io.github.rseq4j.internal.rseq;

/** Keeps sequences off one slice while somebody else works on it. */
public final class SliceStop {
  /*
   * The protocol
   *
   *   whoever stops                            a sequence on that slice
   *     flag = 1                                 restart: arm
   *     fence                                    load flag ; if it is not 0, exit
   *     work on the slice                        ...
   *     flag = 0, with release                   commit
   *
   * A sequence that loaded the flag before it was set is either over or still under way when the
   * fence comes. If it is over, it has committed, and the fence orders its stores before the work.
   * If it is under way on a CPU, the fence interrupts that CPU and the kernel aborts it. If its
   * thread has been preempted, the kernel aborts it when it next runs. An aborted sequence starts
   * again, and loads the flag again: now it is 1, since the fence also orders the store of the flag
   * before whatever the interrupted CPU does next. So between the fence and the release of the flag
   * no sequence that tests it gets past the test; what it stores before the test it must not store.
   *
   * The flag is cleared with release and loaded with acquire, so whoever sees 0 sees the work too.
   * Without the acquire a sequence could load what was worked on before it loads the flag: that it
   * leaves if the flag is set does not order its loads on AArch64.
   *
   * The fence is membarrier's command for rseq, to one CPU if the slices go by cpu_id and the kernel
   * can (Linux 5.10), or to all: a slice that goes by mm_cid may be worked on from any CPU. Where
   * slices have locks, taking the lock of the slice once takes the place of the fence: whoever held
   * it has finished, and whoever takes it next sees the flag.
   */

  private SliceStop() {}

  /**
   * Runs an action while sequences that test a flag keep off a slice.
   *
   * @param slice the number of the slice
   * @param flag the offset of the flag in the slice, which is 0 before and after
   * @param everyCpu whether the slice may be worked on from any CPU
   */
  public static void run(Region region, int slice, long flag, boolean everyCpu, Runnable action) {
    region.setRelease(slice, flag, 1);
    try {
      region.fence(slice, everyCpu);
      action.run();
    } finally {
      region.setRelease(slice, flag, 0);
    }
  }
}
