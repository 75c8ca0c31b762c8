package io.github.rseq4j.sequence;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Explores every way in which a few threads can run sequences on two CPUs: all interleavings of
 * their steps, an abort before each step, a restart on either CPU, and all orders in which stores
 * reach other CPUs.
 *
 * <pre>{@code
 * ModelChecker.Outcome outcome =
 *     new ModelChecker(SLICE_BYTES)
 *         .thread("a", Call.of(PUSH, 7), Call.of(POP))
 *         .thread("b", Call.of(PUSH, 8))
 *         .thread("reader", on -> assertThat(on.getAcquire(0, COUNT)).isBetween(0L, 2L))
 *         .check(new StackMeaning());
 * assertThat(outcome.violation()).isNull();
 * }</pre>
 *
 * <p>A violation is an {@link AssertionError} that a script, the meaning or the check at the end
 * throws, or a sequence that does not do what it means. The search stops at the first one, and
 * shows the steps that lead there. What else is thrown comes out of {@link #check}.
 *
 * <p>The time and memory it takes grow exponentially: it is meant for two or three threads of a few
 * actions, slices of which some dozen words are touched, and one or two aborts. A state takes about
 * 100 bytes.
 */
public final class ModelChecker {
  /** How many CPUs there are, each with a slice. */
  public static final int CPUS = 2;

  private static final int DEFAULT_ABORTS = 2;

  /*
   * The model
   *
   * Threads. A thread is a script: actions, one after another. An action is a sequence or program
   * that it runs, a load or store of any slice from outside of sequences, or a fence. What a script
   * knows are the answers to its actions; so a state holds these, and the script is run again from
   * its start to find out what it does next.
   *
   * Sequences. A move performs one step of a sequence on the slice of the CPU that it began on. At
   * any moment one thread at most is inside a sequence on a CPU. For another to begin there, or to
   * fence that CPU, the one inside has to leave or be aborted; preemption is an abort followed by
   * another thread's move. An aborted thread has lost its values, its stores stay, and it begins
   * again on either CPU: migration. An abort is possible before every step, also before the commit;
   * a commit leaves by itself, so none is possible behind it. Steps that touch registers only are
   * part of the move before them, because nobody could tell the difference. A copy takes as many
   * moves as it touches words: an abort leaves any part of it from the start.
   *
   * Memory. Each 64-bit word keeps all values that were ever stored to it, in the order of the
   * stores. A thread has a view, which says for each word how much of this history it has seen. It
   * can load anything that is not older; and has then seen that. So stores become visible to others
   * late, and in any order. A release store takes the view of its thread along; an acquire load that
   * finds it adds it to its own. A CPU has a view also: who begins a sequence there has seen what
   * was seen there, since a context switch is a barrier. In a thread's actions outside of sequences
   * only its own view counts, as if it were on a third CPU; were it on one of the two, it would see
   * more, never less. Plain loads of scripts follow Java, not a processor: they are not even in
   * order for one word. A fence makes the view of its thread and of the CPU one.
   *
   * These are the views of release and acquire in C11 and in the "promising semantics" (Kang and
   * others, POPL 2017), without promises.
   *
   * Meaning. Sequences take effect at their commit, at once. So each slice is read as an abstract
   * state, by a function of the user: a step that is not the last one of its sequence must not
   * change it, and the last one must change it and return a result as the meaning says.
   *
   * What it does not show
   *
   * A load is never delayed behind a later store ("load buffering"; that would need promises): a
   * reader that gives space back with a plain store before its loads are done is not caught. Stores
   * of two CPUs to one word take effect in the order in which they are made. Stores to parts of one
   * word become visible in their order, and an access that crosses words is made of two. A thread
   * is aborted only so often; one that was aborted that often is not interrupted any more. Scripts
   * have no atomic read-modify-write. Every thread has a CPU number, so no sequence leaves through
   * Exit.UNREGISTERED. The steps are what is checked, not the machine code made from them; nor is
   * it a proof for more threads, actions, aborts or CPUs than were explored. States are told apart
   * by 128 bits of hash: that two of a million agree by chance has a probability below 2^-88.
   */

  private final int sliceBytes;
  private final List<ModelThread.Role> roles = new ArrayList<>();
  private int aborts = DEFAULT_ABORTS;
  private Consumer<End> atEnd = end -> {};

  /** What a thread does. */
  @FunctionalInterface
  public interface Script {
    /**
     * Performs the actions of the thread. It is run very often, each time from the start, so it may
     * depend on and change nothing but what the actions answer; memory that it passes to a sequence
     * is to be made in it. It must not catch errors.
     */
    void run(Actions on);
  }

  /** What a script can do. Offsets are in bytes from the start of a slice, multiples of 8. */
  public interface Actions {
    /**
     * Runs a sequence on the CPU that the thread happens to be on, and returns its result.
     *
     * @param arguments a {@link Long} or {@link Integer} for each value, a {@link
     *     java.lang.foreign.MemorySegment} for each memory
     */
    long run(Sequence sequence, Object... arguments);

    /** Runs a program, as {@link #run(Sequence, Object...)} does. */
    long run(Program program, Object... arguments);

    /** Loads 64 bits of the slice of any CPU. */
    long get(int cpu, long offset);

    /** Loads 64 bits of the slice of any CPU; no later access moves before it. */
    long getAcquire(int cpu, long offset);

    /** Stores 64 bits in the slice of any CPU. */
    void set(int cpu, long offset, long value);

    /** Stores 64 bits in the slice of any CPU; no earlier access moves after it. */
    void setRelease(int cpu, long offset, long value);

    /**
     * Makes a sequence that is under way on a CPU finish or start again. What was stored on either
     * side before is visible to both after, as the command {@code
     * MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ} of membarrier(2) has it.
     */
    void fence(int cpu);
  }

  /**
   * A sequence and what it is called with.
   *
   * @param sequence the sequence
   * @param arguments a {@link Long} for each value, a {@link java.lang.foreign.MemorySegment} for
   *     each memory
   */
  public record Call(Sequence sequence, List<Object> arguments) {
    /** Returns a call; an {@link Integer} is taken for a {@link Long}. */
    public static Call of(Sequence sequence, Object... arguments) {
      return new Call(sequence, arguments(arguments));
    }

    static List<Object> arguments(Object... arguments) {
      return Arrays.stream(arguments)
          .map(each -> each instanceof Integer number ? (Object) number.longValue() : each)
          .toList();
    }

    /** Returns the argument number {@code index}, which is a value. */
    public long value(int index) {
      return (long) arguments.get(index);
    }

    @Override
    public String toString() {
      return sequence.name() + arguments;
    }
  }

  /** The content of a slice once all stores have arrived. */
  @FunctionalInterface
  public interface Slice {
    /** Returns the 64 bits at a multiple of 8 bytes. */
    long get(long offset);
  }

  /**
   * What sequences do, were each performed at once.
   *
   * @param <S> what a slice means: immutable, with {@code equals}
   */
  public interface Meaning<S> {
    /** Returns what a slice means. */
    S of(Slice slice);

    /** Returns everything that a call may do to a slice that means {@code before}. */
    List<Answer<S>> answers(S before, Call call);
  }

  /**
   * What a call does.
   *
   * @param after what the slice means afterwards
   * @param result what the call returns
   * @param <S> what a slice means
   */
  public record Answer<S>(S after, long result) {}

  /**
   * How an execution has ended.
   *
   * @param slices the slice of each CPU
   * @param results what the sequences and programs of each thread have returned, by its name
   */
  public record End(List<Slice> slices, Map<String, List<Long>> results) {
    /** Copies both. */
    public End {
      slices = List.copyOf(slices);
      results = Map.copyOf(results);
    }

    /**
     * Returns what the sequences and programs of a thread have returned, in their order.
     *
     * @throws IllegalArgumentException if there is no thread of that name
     */
    public List<Long> results(String thread) {
      List<Long> answers = results.get(thread);
      if (answers == null) {
        throw new IllegalArgumentException("there is no thread " + thread);
      }
      return answers;
    }

    /** Returns the sum of the 64-bit words at {@code offset} in both slices. */
    public long sum(long offset) {
      return slices.stream().mapToLong(slice -> slice.get(offset)).sum();
    }
  }

  /**
   * What was found.
   *
   * @param states how many different states were explored
   * @param executions how many different executions these stand for, capped at {@link
   *     Long#MAX_VALUE}
   * @param violation what went wrong first, or null if nothing did
   */
  public record Outcome(long states, long executions, @Nullable Violation violation) {
    @Override
    public String toString() {
      return "%,d states, %,d executions: %s"
          .formatted(states, executions, violation == null ? "no violation" : violation);
    }
  }

  /**
   * An execution that went wrong.
   *
   * @param message what is wrong
   * @param trace the moves that lead there, one a line
   */
  public record Violation(String message, List<String> trace) {
    @Override
    public String toString() {
      return message + "\n  " + String.join("\n  ", trace);
    }
  }

  /**
   * Makes a checker without threads, whose slices hold zeros.
   *
   * @param sliceBytes the size of each slice, a positive multiple of 8
   * @throws IllegalArgumentException if the size is not such
   */
  public ModelChecker(int sliceBytes) {
    if (sliceBytes < Long.BYTES || sliceBytes % Long.BYTES != 0) {
      throw new IllegalArgumentException(
          "slice of %d bytes is not a positive multiple of 8".formatted(sliceBytes));
    }
    this.sliceBytes = sliceBytes;
  }

  /**
   * Adds a thread that runs sequences only. If all threads are such, fewer states have to be told
   * apart.
   *
   * @param name its name in traces
   * @param calls what it runs, in this order
   * @throws IllegalArgumentException if there is a thread of that name
   */
  public ModelChecker thread(String name, Call... calls) {
    List<Call> copy = List.of(calls);
    return add(
        name, on -> copy.forEach(call -> on.run(call.sequence, call.arguments.toArray())), false);
  }

  /**
   * Adds a thread.
   *
   * @param name its name in traces
   * @param script what it does
   * @throws IllegalArgumentException if there is a thread of that name
   */
  public ModelChecker thread(String name, Script script) {
    return add(name, script, true);
  }

  private ModelChecker add(String name, Script script, boolean looks) {
    if (roles.stream().anyMatch(role -> role.name().equals(name))) {
      throw new IllegalArgumentException("there is a thread %s already".formatted(name));
    }
    roles.add(new ModelThread.Role(name, script, sliceBytes, looks));
    return this;
  }

  /**
   * Sets how often each thread may be aborted, 2 if not set.
   *
   * @throws IllegalArgumentException if the number is below 0
   */
  public ModelChecker aborts(int most) {
    if (most < 0) {
      throw new IllegalArgumentException("%d aborts are below 0".formatted(most));
    }
    aborts = most;
    return this;
  }

  /** Sets what is checked whenever all threads have ended; it throws an {@link AssertionError}. */
  public ModelChecker atEnd(Consumer<End> check) {
    atEnd = check;
    return this;
  }

  /** Explores all states, and checks what the scripts assert and the end. */
  public Outcome check() {
    return search(null);
  }

  /** Explores all states, and checks also that each sequence does what it means. */
  public <S> Outcome check(Meaning<S> meaning) {
    return search(new ModelJudge<>(meaning));
  }

  private Outcome search(@Nullable ModelJudge<?> judge) {
    return new ModelSearch(aborts, judge, atEnd).from(ModelState.first(sliceBytes, roles));
  }
}
