package io.github.rseq4j;

import io.github.rseq4j.percpu.PerCpu;
import io.github.rseq4j.percpu.PerCpuCounters;
import io.github.rseq4j.percpu.PerCpuHistogram;
import io.github.rseq4j.percpu.PerCpuLock;
import io.github.rseq4j.percpu.PerCpuLongAdder;
import io.github.rseq4j.percpu.PerCpuPool;
import io.github.rseq4j.percpu.PerCpuQueue;
import io.github.rseq4j.percpu.PerCpuRingBuffer;
import io.github.rseq4j.percpu.PerCpuStack;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.LongStream;

/** Makes, uses and drops structures, and prints how much memory the process then has. */
final class DroppedStructures {
  /** An argument: rings are dropped, and nothing else happens on the heap. */
  static final String IDLE = "idle";

  /** An argument: structures of all kinds are dropped, while threads go on using others. */
  static final String BUSY = "busy";

  private static final byte[] RECORD = new byte[4096];
  private static final int USERS = 8;
  private static final int TRIES = 100;
  private static final long PAUSE_MILLIS = 50;

  private final PerCpuLongAdder adder = new PerCpuLongAdder();
  private final PerCpuCounters counters = new PerCpuCounters(1);
  private final PerCpuRingBuffer ring = new PerCpuRingBuffer(PerCpuRingBuffer.MIN_CAPACITY);
  private final PerCpuQueue<Object> queue = new PerCpuQueue<>(1);
  private final PerCpuLock locks = new PerCpuLock();
  private final PerCpu<long[]> objects = PerCpu.withInitial(() -> new long[1]);
  private final long[] uses = new long[USERS];
  private volatile boolean stop;

  /**
   * What is dropped.
   *
   * @param count how many, so that together they touch some 50 MiB, of which what the kind before
   *     has left may be a part
   * @param maker makes one and touches its memory
   */
  private record Kind(String name, int count, Supplier<Object> maker) {}

  private static final List<Kind> KINDS =
      List.of(
          new Kind("rings", 24, () -> filledRing(1 << 21)),
          new Kind("counters", 12, DroppedStructures::usedCounters),
          new Kind("histograms", 24, DroppedStructures::usedHistogram),
          new Kind("stacks", 200, DroppedStructures::fullStack),
          new Kind("pools", 12_000, DroppedStructures::usedPool),
          new Kind("queues", 12_000, DroppedStructures::usedQueue),
          new Kind("locks", 12_000, DroppedStructures::usedLock),
          new Kind("objects", 12_000, DroppedStructures::usedObject));

  private static Object filledRing(int capacity) {
    PerCpuRingBuffer ring = new PerCpuRingBuffer(capacity);
    while (ring.write(1, RECORD)) {
      // until it is full
    }
    return ring;
  }

  private static Object usedCounters() {
    PerCpuCounters counters = new PerCpuCounters(1 << 19);
    for (int id = 0; id < counters.size(); id++) {
      counters.increment(id);
    }
    return counters;
  }

  private static Object usedHistogram() {
    int highest = 1 << 18;
    PerCpuHistogram histogram = PerCpuHistogram.ofRange(1, highest, 5);
    for (int value = 0; value < highest; value += 256) { // each page of buckets
      histogram.record(value);
    }
    return histogram;
  }

  private static Object fullStack() {
    PerCpuStack stack = new PerCpuStack(PerCpuStack.MAX_CAPACITY);
    for (int index = 0; index < stack.capacity(); index++) {
      stack.push(index);
    }
    return stack;
  }

  private static Object usedPool() {
    PerCpuPool<Object> pool = PerCpuPool.builder(4, Object::new).build();
    pool.release(pool.acquire());
    return pool;
  }

  private static Object usedQueue() {
    PerCpuQueue<Object> queue = new PerCpuQueue<>(1);
    queue.add(RECORD);
    return queue;
  }

  private static Object usedLock() {
    PerCpuLock locks = new PerCpuLock();
    locks.lock();
    return locks;
  }

  private static Object usedObject() {
    PerCpu<Object> objects = PerCpu.withInitial(Object::new);
    objects.checkout().close();
    return objects;
  }

  private DroppedStructures() {}

  /** Returns what the names of the kinds are in what is printed. */
  static List<String> kinds() {
    return KINDS.stream().map(Kind::name).toList();
  }

  public static void main(String[] arguments) throws Exception {
    if (arguments[0].equals(BUSY)) {
      new DroppedStructures().dropWhileOthersAreUsed();
    } else {
      for (int i = 0; i < 150; i++) {
        filledRing(1 << 23);
      }
      say("resident_kib", ResidentMemory.bytes() >> 10);
    }
  }

  private void dropWhileOthersAreUsed() throws Exception {
    List<Thread> users = new ArrayList<>();
    for (int i = 0; i < USERS; i++) {
      int user = i;
      Runnable task = () -> use(user);
      users.add(i % 2 == 0 ? Thread.ofPlatform().start(task) : Thread.ofVirtual().start(task));
    }
    try {
      for (Kind kind : KINDS) {
        drop(kind);
      }
    } finally {
      stop = true;
    }
    for (Thread user : users) {
      user.join();
    }
    long used = LongStream.of(uses).sum();
    say("least_uses", LongStream.of(uses).min().orElseThrow());
    long[] inObjects = new long[1];
    objects.forEach(object -> inObjects[0] += object[0]);
    say("exact", adder.sum() == used && counters.sum(0) == used && inObjects[0] == used);
  }

  private void drop(Kind kind) throws IOException, InterruptedException {
    long before = ResidentMemory.bytes();
    List<Object> all = new ArrayList<>();
    for (int i = 0; i < kind.count; i++) {
      all.add(kind.maker.get());
    }
    long touched = ResidentMemory.bytes() - before;
    say(kind.name + "_kib", touched >> 10);
    say(kind.name + "_count", all.size());
    all.clear();
    long left = touched;
    for (int tries = 0; tries < TRIES && left > touched / 4; tries++) {
      System.gc();
      Thread.sleep(PAUSE_MILLIS);
      left = ResidentMemory.bytes() - before;
    }
    say(kind.name + "_left_kib", left >> 10);
  }

  @SuppressWarnings("ThreadPriorityCheck") // so that virtual threads take turns
  private void use(int user) {
    byte[] record = new byte[8];
    while (!stop) {
      adder.increment();
      counters.increment(0);
      var _ = ring.write(user, record);
      var _ = queue.offer(record);
      locks.unlock(locks.lock());
      objects.use(object -> object[0]++);
      uses[user]++;
      Thread.yield();
    }
  }

  private static void say(String key, Object value) {
    System.out.println(key + "=" + value);
  }
}
