package io.github.rseq4j.sequence;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One state of what a {@link ModelChecker} explores, and the moves that lead on from it. */
final class ModelState {
  /** What a move is. */
  enum Kind {
    /** A thread begins a sequence on a CPU, with its first step. */
    BEGIN,
    /** A thread inside a sequence performs its next step. */
    STEP,
    /** A thread outside of sequences performs its next action. */
    ACT,
    /** A thread inside a sequence is aborted. */
    ABORT
  }

  /**
   * One move.
   *
   * @param thread the number of the thread
   * @param kind what it does
   * @param cpu on which CPU
   */
  record Move(int thread, Kind kind, int cpu) {}

  private final ModelMemory memory;
  private final ModelView[] cpus;
  private final ModelThread[] threads;
  private Supplier<String> event = () -> "start";

  private ModelState(ModelMemory memory, ModelView[] cpus, ModelThread[] threads) {
    this.memory = memory;
    this.cpus = cpus;
    this.threads = threads;
  }

  /**
   * Returns the state in which nobody has done anything.
   *
   * @throws AssertionError if a script fails before its first action
   */
  static ModelState first(int sliceBytes, List<ModelThread.Role> roles) {
    ModelView[] cpus = new ModelView[ModelChecker.CPUS];
    Arrays.fill(cpus, ModelView.NOTHING);
    ModelThread[] threads = roles.stream().map(ModelThread::begin).toArray(ModelThread[]::new);
    return new ModelState(ModelMemory.zeroed(sliceBytes), cpus, threads);
  }

  /** Returns a copy, to make a move in. */
  ModelState copy() {
    return new ModelState(memory.copy(), cpus.clone(), threads.clone());
  }

  /** Returns the slice of a CPU as it is once all stores have arrived. */
  ModelChecker.Slice slice(int cpu) {
    return memory.slice(cpu);
  }

  List<ModelThread> threads() {
    return List.of(threads);
  }

  /** Returns what the move that led here was. */
  @Override
  public String toString() {
    return event.get();
  }

  /**
   * Returns what can happen next: nothing once all scripts have ended.
   *
   * @param aborts how often each thread may be aborted
   */
  List<Move> moves(int aborts) {
    List<Move> moves = new ArrayList<>();
    List<Move> abortions = new ArrayList<>();
    for (int i = 0; i < threads.length; i++) {
      ModelThread.Inside inside = threads[i].inside();
      if (inside != null) {
        moves.add(new Move(i, Kind.STEP, inside.cpu()));
        if (threads[i].aborts() < aborts) {
          abortions.add(new Move(i, Kind.ABORT, inside.cpu()));
        }
      } else {
        addOutside(i, moves);
      }
    }
    moves.addAll(abortions);
    return moves;
  }

  private void addOutside(int thread, List<Move> moves) {
    switch (threads[thread].pending()) {
      case null -> {}
      case ModelAction.Run run -> {
        for (int cpu = 0; cpu < cpus.length; cpu++) {
          if (isFree(cpu)) {
            moves.add(new Move(thread, Kind.BEGIN, cpu));
          }
        }
      }
      case ModelAction.Fence fence -> {
        if (isFree(fence.cpu())) {
          moves.add(new Move(thread, Kind.ACT, fence.cpu()));
        }
      }
      case ModelAction.Get get -> moves.add(new Move(thread, Kind.ACT, get.cpu()));
      case ModelAction.Set set -> moves.add(new Move(thread, Kind.ACT, set.cpu()));
    }
  }

  /** A sequence that is under way has to be aborted first, by a move of its own. */
  private boolean isFree(int cpu) {
    for (ModelThread thread : threads) {
      if (thread.inside() != null && thread.inside().cpu() == cpu) {
        return false;
      }
    }
    return true;
  }

  /**
   * Makes a move in this copy of the state before.
   *
   * @param before that state
   * @throws AssertionError if the move shows an error
   */
  void make(Move move, ModelChoices choices, ModelState before, @Nullable ModelJudge<?> judge) {
    ModelThread thread = threads[move.thread];
    switch (move.kind) {
      case ABORT -> {
        ModelThread.Inside inside = inside(thread);
        event = () -> "%s is aborted before step %d".formatted(on(move), inside.frame().next());
        threads[move.thread] = thread.aborted(inside);
      }
      case BEGIN -> {
        ModelView view = thread.view().join(cpus[move.cpu]);
        ModelSlice slice = new ModelSlice(memory, view, choices, move.cpu);
        long offset = (long) move.cpu * memory.sliceBytes();
        Frame frame =
            new Frame(thread.current(), slice, offset, thread.arguments().toArray()).on(slice);
        runLocalSteps(frame);
        step(move, new ModelThread.Inside(frame, move.cpu, 0), slice, before, judge);
      }
      case STEP -> {
        ModelThread.Inside inside = inside(thread);
        ModelSlice slice = new ModelSlice(memory, thread.view(), choices, move.cpu);
        Frame frame = inside.frame().on(slice);
        step(move, new ModelThread.Inside(frame, move.cpu, inside.copied()), slice, before, judge);
      }
      case ACT -> act(move, choices);
    }
  }

  /** Performs a step that touches memory or may leave, and those behind it that do neither. */
  private void step(
      Move move,
      ModelThread.Inside inside,
      ModelSlice slice,
      ModelState before,
      @Nullable ModelJudge<?> judge) {
    ModelThread thread = threads[move.thread];
    Frame frame = inside.frame();
    int number = frame.next();
    event = () -> describe(move, thread.current(), number, inside);
    slice.copyOnly(inside.copied());
    frame.step();
    int copied = 0;
    if (slice.partsLeft()) {
      frame.stepBack();
      copied = inside.copied() + 1;
    }
    if (frame.result() == null && copied == 0) {
      runLocalSteps(frame);
    }
    cpus[move.cpu] = slice.view();
    Long result = frame.result();
    if (judge != null) {
      judge(move, frame, before, judge);
    }
    threads[move.thread] =
        result == null
            ? thread.in(frame, move.cpu, copied, slice.view())
            : thread.left(frame, result, slice.view());
  }

  private void judge(Move move, Frame frame, ModelState before, ModelJudge<?> judge) {
    Long result = frame.result();
    if (result == null) {
      if (memory.differsFrom(before.memory)) {
        judge.requireUnnoticed(before.slice(move.cpu), slice(move.cpu));
      }
    } else {
      ModelChecker.Call call =
          new ModelChecker.Call(threads[move.thread].current(), frame.arguments());
      judge.requireMeant(before.slice(move.cpu), slice(move.cpu), call, result);
    }
  }

  /*
   * A step that touches registers only commutes with whatever others do, and an abort before it
   * leaves what an abort after it leaves. So it is performed at once.
   */
  private static void runLocalSteps(Frame frame) {
    while (frame.result() == null && isLocal(frame.nextStep())) {
      frame.step();
    }
  }

  private static boolean isLocal(Step step) {
    return switch (step) {
      case Step.Compute _, Step.LeadingZeros _, Step.SliceOffset _, Step.SkipIf _, Step.Land _ ->
          true;
      case Step.Load _, Step.Store _, Step.ExitIf _, Step.StoreOut _, Transfer _, Commit _ -> false;
    };
  }

  private void act(Move move, ModelChoices choices) {
    ModelThread thread = threads[move.thread];
    ModelSlice slice = new ModelSlice(memory, thread.view(), choices, move.cpu);
    long number = 0;
    String name = thread.role().name();
    event = () -> name + ": " + thread.pending();
    switch (thread.pending()) {
      case ModelAction.Get get -> {
        number =
            get.acquire()
                ? slice.load(Width.BITS_64, get.offset(), true)
                : slice.loadUnordered(get.offset());
        long loaded = number;
        event = () -> "%s: %s is 0x%x".formatted(name, get, loaded);
      }
      case ModelAction.Set set ->
          slice.commit(Width.BITS_64, set.offset(), set.value(), set.release());
      case ModelAction.Fence fence -> {
        ModelView both = thread.view().join(cpus[fence.cpu()]);
        cpus[fence.cpu()] = both;
        threads[move.thread] = thread.answered(0, both);
        return;
      }
      case ModelAction.Run run -> throw new IllegalStateException(run + " is no single action");
      case null -> throw new IllegalStateException(name + " has ended");
    }
    threads[move.thread] = thread.answered(number, slice.view());
  }

  private static ModelThread.Inside inside(ModelThread thread) {
    ModelThread.Inside inside = thread.inside();
    if (inside == null) {
      throw new IllegalStateException(thread.role().name() + " is in no sequence");
    }
    return inside;
  }

  private String on(Move move) {
    return "%s, CPU %d".formatted(threads[move.thread].role().name(), move.cpu);
  }

  private String describe(Move move, Sequence sequence, int number, ModelThread.Inside inside) {
    Step step = sequence.steps().get(number);
    String moved = "%s: %s, step %d: %s".formatted(on(move), sequence.name(), number, step);
    Frame frame = inside.frame();
    if (Long.valueOf(Exit.OUT_OF_BOUNDS).equals(frame.result())) {
      return moved + " is out of bounds";
    }
    Value loaded = step.result();
    return loaded == null ? moved : moved + " is 0x%x".formatted(frame.get(loaded));
  }

  /*
   * Which states are the same
   *
   * Store numbers only matter relative to one another, and stores that nobody can read any more do
   * not matter at all. Those who can read are, for a word of the slice of CPU c: the threads that
   * look at slices from outside of sequences, by their own views; and any thread in a sequence on c,
   * by the view of c. So for each word the oldest store in one of these views is number 0. An older
   * one in another view can be taken for it: whoever joins that view has seen as much already.
   */
  ModelFingerprint fingerprint() {
    ModelFingerprint.Builder sum = new ModelFingerprint.Builder();
    int[] stored = memory.storedWords();
    int[] oldest = new int[stored.length == 0 ? 0 : stored[stored.length - 1] + 1];
    for (int word : stored) {
      oldest[word] = oldestReadable(word);
    }
    for (int word : stored) {
      sum.add(word);
      sum.add(memory.last(word) - oldest[word]);
      for (int store = oldest[word]; store <= memory.last(word); store++) {
        ModelMemory.Message message = memory.store(word, store);
        sum.add(message.value());
        add(message.released(), stored, oldest, sum);
      }
    }
    for (ModelView cpu : cpus) {
      add(cpu, stored, oldest, sum);
    }
    for (ModelThread thread : threads) {
      thread.addTo(sum);
      add(thread.pending() == null ? null : thread.view(), stored, oldest, sum);
    }
    return sum.build();
  }

  private int oldestReadable(int word) {
    int oldest = cpus[memory.cpu(word)].of(word);
    for (ModelThread thread : threads) {
      if (thread.role().looks() && thread.pending() != null) {
        oldest = Math.min(oldest, thread.view().of(word));
      }
    }
    return oldest;
  }

  private static void add(
      @Nullable ModelView view, int[] words, int[] oldest, ModelFingerprint.Builder sum) {
    if (view == null) {
      sum.add(-1);
      return;
    }
    for (int word : words) {
      sum.add(Math.max(0, view.of(word) - oldest[word]));
    }
  }
}
