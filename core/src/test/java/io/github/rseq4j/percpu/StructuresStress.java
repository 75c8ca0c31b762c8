package io.github.rseq4j.percpu;

import io.github.rseq4j.Rseq;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Uses all structures at once from six threads for each processor, half of them virtual, while they
 * are moved between CPUs and sent signals, another thread looks at the structures, and one more
 * keeps the garbage collector busy.
 *
 * <p>It ends badly if an invariant does not hold; each {@link StressPart} states its own. Its
 * argument is how many seconds it takes.
 */
final class StructuresStress {
  private static final int THREADS_FOR_EACH_PROCESSOR = 6;

  /** Some of what was allocated stays for a while, so that there is something to move. */
  private static final int KEPT = 1 << 12;

  /** So that virtual threads take turns. */
  private static final int YIELD_EVERY = 16;

  private StructuresStress() {}

  /** Returns a part for each structure, for so many threads. */
  static List<StressPart> parts(int threads) {
    return Stream.of(
            NumberParts.all(threads), TransferParts.all(threads), OwnershipParts.all(threads))
        .flatMap(List::stream)
        .toList();
  }

  /** Looks for the last time, and checks the invariants. */
  static void check(List<StressPart> parts) throws Exception {
    for (StressPart part : parts) {
      part.look();
      part.check();
    }
  }

  @SuppressWarnings("ThreadPriorityCheck") // see YIELD_EVERY
  public static void main(String[] arguments) throws Exception {
    Duration time = Duration.ofSeconds(Long.parseLong(arguments[0]));
    int threads = THREADS_FOR_EACH_PROCESSOR * Runtime.getRuntime().availableProcessors();
    List<StressPart> parts = parts(threads);
    int[] rounds = new int[threads];
    List<Crew.Work> work = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      int thread = i;
      work.add(
          round -> {
            for (StressPart part : parts) {
              part.use(thread, round);
            }
            rounds[thread] = round + 1;
            if (round % YIELD_EVERY == 0) {
              Thread.yield();
            }
          });
    }
    work.add(
        _ -> {
          for (StressPart part : parts) {
            part.look();
          }
          Thread.sleep(1);
        });
    byte[][] kept = new byte[KEPT][];
    work.add(round -> kept[round * 31 % KEPT] = new byte[1 << round % 14]);
    try (Disturber _ = new Disturber()) {
      Crew.work(time, work);
    }
    check(parts);
    System.out.println("rounds_least=" + IntStream.of(rounds).min().orElseThrow());
    System.out.println("rounds=" + IntStream.of(rounds).sum());
    System.out.println("active=" + Rseq.availability().active());
    System.out.println("restarts=" + Rseq.restarts());
  }
}
