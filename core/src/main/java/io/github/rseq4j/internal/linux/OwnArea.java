package io.github.rseq4j.internal.linux;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The rseq area that this library keeps for each thread where the C library has none: glibc before
 * 2.35. It lies in the slots of three pthread keys, which glibc has at the same offset from every
 * thread's thread pointer:
 *
 * <pre>
 *        slot of key k           slot of key k + 1         slot of key k + 2
 *   0              8         16               24       32         40        48
 *   +--------------+---------+----------------+--------+----------+---------+
 *   |     seq      |  data   |      seq       |  data  |   seq    |  data   |  struct pthread_key_data
 *   +--------------+---------+----------------+--------+----------+---------+
 *   | cpu_id_start | rseq_cs | flags, node_id | mm_cid |  unused  |  guard  |
 *   |    cpu_id    |         |                | slice_ |          |         |
 *   |              |         |                | ctrl   |          |         |
 *   +--------------+---------+----------------+--------+----------+---------+
 *   |&lt;------------- the area, struct rseq ----------------&gt;|
 * </pre>
 *
 * <p>The guard, a 32-bit word, is 0 in a thread that is not registered, and then nothing else has a
 * meaning. The code that registers a thread makes it the number of indices.
 *
 * @param offset from the thread pointer to the area, in bytes
 */
public record OwnArea(long offset) {
  /*
   * Why this is sound
   *
   * It rests on four things that are the same in every glibc with NPTL up to 2.34, the last that
   * has no area; no later one is concerned. (nptl/descr.h, allocatestack.c, pthread_create.c,
   * pthread_getspecific.c and pthread_setspecific.c.) The first two are checked at run time, in two
   * threads.
   *
   *  1. The slots of the first 32 keys are an array within struct pthread, which lies at a fixed
   *     distance from the thread pointer.
   *  2. The slot of a key is read and written through pthread_getspecific and pthread_setspecific
   *     of that key, which nobody calls but its owner, and by the end of a thread: see below.
   *  3. The slots of a key that never existed before are zero in every thread, present and future:
   *     a fresh stack is zero, and on memory that the program provides for a stack struct pthread
   *     is cleared. A key that had been deleted could have left its data; that a key is new shows
   *     in the sequence number 1 that glibc writes beside its data, and only such keys are taken.
   *     The sequence numbers of these slots are written by nobody but pthread_setspecific, which is
   *     called for them only by the search: they may be left in the stack of its threads, where the
   *     area's flags would be, so whoever registers a thread clears those.
   *  4. When a thread ends, glibc sets the data of all keys to null, one after the other
   *     (__nptl_deallocate_tsd), if the thread has ever set any. Every thread that runs Java has:
   *     the JVM finds its own thread by a key. That it does is checked too.
   *
   * So the guard is 0 in a new thread, whether its stack is fresh or used before; it becomes
   * nonzero only by the code that has just registered the thread, with no way to another thread in
   * between; and it is 0 again before the thread has ended. In between destructors of other keys
   * can still run Java code (a native thread that is detached by one): up to the guard's turn the
   * thread is registered and the area complete but for what glibc sets to null just before the
   * guard, with no foreign code in between; from then on the thread counts as not registered,
   * registering it again fails with EBUSY, and it works under a lock.
   *
   * Nobody unregisters a thread, and nobody has to, as glibc does not with its own area, which is a
   * part of struct pthread, too. The kernel writes to the area only when the thread returns to user
   * mode, and a thread that is exiting never does. Its stack is used again or unmapped only after
   * the kernel has cleared the thread's tid (CLONE_CHILD_CLEARTID), at which time it is past that;
   * for a detached thread this is what the cache of stacks waits for (FREE_P), for others
   * pthread_join. The stack of the main thread stays for ever. A forked child inherits both the
   * registration and the memory; one that shares the memory (vfork) is not registered and has
   * nothing to run but exec.
   *
   * The keys are never deleted, so that the slots are ours for as long as the process lives.
   *
   * The obvious alternative, a thread-local variable in a generated shared object, brings down the
   * process: when an object with such a variable is loaded while another thread is being created,
   * glibc before 2.34 may fail an assertion and abort (bug 19329). With 2.31 and four threads that
   * did nothing but create threads, 1 load in 90 did. And a thread whose creation is under way may
   * be left out when the variable gets its initial value.
   */

  /** Offset from the area: the guard; u32. */
  public static final int GUARD = RseqAbi.ORIGINAL_SIZE + KeySlots.DATA;

  /**
   * The system property by which one copy of this class tells the others, of other class loaders,
   * that the process has an area: a thread can be registered for one only.
   */
  private static final String CLAIMED = "io.github.rseq4j.ownArea";

  private static @Nullable OwnArea claimed;

  /**
   * Takes a place for the area, for as long as the process lives; once it has, returns it again.
   *
   * @param threadPointer returns the thread pointer of the calling thread
   * @throws NoAreaException if there is none, with the reason
   */
  public static synchronized OwnArea claim(LongSupplier threadPointer) throws NoAreaException {
    if (claimed != null) {
      return claimed;
    }
    if (Libc.version().isEmpty()) {
      throw new NoAreaException("it knows no place for one in other C libraries than glibc");
    }
    PthreadKeys keys =
        PthreadKeys.find().orElseThrow(() -> new NoAreaException("it does not find pthread keys"));
    if (System.getProperties().putIfAbsent(CLAIMED, "") != null) {
      throw new NoAreaException(
          "the rseq4j of another class loader has one; load it once, where all can use it");
    }
    try {
      claimed = new OwnArea(new KeySlots(keys, threadPointer).claim());
      return claimed;
    } finally {
      if (claimed == null) {
        System.clearProperty(CLAIMED);
      }
    }
  }
}
