import static io.github.rseq4j.sequence.Condition.AT_LEAST;
import static io.github.rseq4j.sequence.Condition.EQUAL;

import io.github.rseq4j.PerCpuRegion;
import io.github.rseq4j.Rseq;
import io.github.rseq4j.sequence.Address;
import io.github.rseq4j.sequence.Destination;
import io.github.rseq4j.sequence.Exit;
import io.github.rseq4j.sequence.Frame;
import io.github.rseq4j.sequence.Sequence;
import io.github.rseq4j.sequence.Value;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.atomic.LongAdder;

/** A bounded stack of longs for each CPU. */
final class CpuStack {
  static final int CAPACITY = 1000;

  // A slice: the count, then the items.
  static final Address COUNT = Address.of("count", 0);
  static final Address ITEMS = Address.of("items", 8);

  static final Exit DONE = Exit.of("done", 0);
  static final Exit REFUSED = Exit.of("refused", 1);

  static final Sequence PUSH =
      Sequence.define(
          "push",
          s -> {
            Value item = s.parameter("item");
            Value count = s.load64("count", COUNT);
            s.exitIf(count, AT_LEAST, CAPACITY, REFUSED);
            s.store64(ITEMS.longAt(count), item); // not reachable before the commit
            s.commit64(COUNT, s.add("next", count, 1), DONE); // the one store that makes it so
          });

  static final Sequence POP =
      Sequence.define(
          "pop",
          s -> {
            Destination item = s.destination("item");
            Value count = s.load64("count", COUNT);
            s.exitIf(count, EQUAL, 0, REFUSED);
            Value last = s.subtract("last", count, 1);
            s.storeOut64(item, 0, s.load64("top", ITEMS.longAt(last)));
            s.commit64(COUNT, last, DONE);
          });

  static final PerCpuRegion REGION = PerCpuRegion.allocate(8 + 8 * CAPACITY);
  static final MethodHandle push = REGION.link(PUSH); // (long)long
  static final MethodHandle pop = REGION.link(POP); // (MemorySegment)long

  public static void main(String[] arguments) throws Throwable {
    LongAdder pushed = new LongAdder();
    LongAdder popped = new LongAdder();
    Runnable work =
        () -> {
          try {
            long[] item = new long[1];
            MemorySegment to = MemorySegment.ofArray(item);
            for (long i = 1; i <= 200_000; i++) {
              if ((long) push.invokeExact(i) == 0) {
                pushed.add(i);
              }
              if (i % 2 == 0 && (long) pop.invokeExact(to) == 0) {
                popped.add(item[0]);
              }
            }
          } catch (Throwable e) {
            throw new IllegalStateException(e);
          }
        };
    Thread[] threads = new Thread[8];
    for (int i = 0; i < threads.length; i++) {
      threads[i] = i % 2 == 0 ? Thread.startVirtualThread(work) : Thread.ofPlatform().start(work);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    long left = 0;
    for (int slice = 0; slice < REGION.slices(); slice++) {
      for (long i = 0; i < REGION.getAcquire(slice, 0); i++) {
        left += REGION.getAcquire(slice, 8 + 8 * i);
      }
    }
    System.out.println("backend=" + Rseq.isa());
    System.out.println("restarts=" + Rseq.restarts());
    System.out.println("pushed=" + pushed);
    System.out.println("popped_and_left=" + (popped.sum() + left));

    // The same sequence, interpreted step by step on memory of one's own.
    MemorySegment slice = MemorySegment.ofArray(new long[1 + CAPACITY]);
    System.out.println("interpreted_push=" + Frame.run(PUSH, slice, 0, 42L));
    long[] item = new long[1];
    System.out.println("interpreted_pop=" + Frame.run(POP, slice, 0, MemorySegment.ofArray(item)));
    System.out.println("interpreted_item=" + item[0]);
  }
}
