package io.github.rseq4j.sequence;

import io.github.rseq4j.sequence.Operand.Constant;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Random sequences that keep all rules, and random arguments for them.
 *
 * <p>They have every kind of step, all widths, labels that nest and cross, commits on several
 * paths, and now and then as many live values as are allowed. Indices and lengths are inside their
 * bounds more often than not.
 */
public final class RandomSequences {
  /** The largest size of memory in bytes, which most has; no copy has a larger bound. */
  public static final int SOURCE_BYTES = 64;

  private static final long[] NUMBERS = ComputeContract.edges().toArray();
  private static final int[] SCALES = {1, 2, 4, 8};
  private static final Operation[] INTEGER_OPERATIONS =
      Arrays.stream(Operation.values())
          .filter(each -> each != Operation.ADD_DOUBLE)
          .toArray(Operation[]::new);

  /** All bits of a double but one of its exponent: no number that has no other is above 2. */
  private static final long SMALL_DOUBLE = ~(1L << 62);

  private static final int MAX_STEPS = 40;
  private static final int MAX_OPEN_LABELS = 4;
  private static final int MAX_SEQUENCES = 4;

  /** How many values one step needs at most, beside its result: operand, index and length. */
  private static final int VALUES_OF_A_STEP = 4;

  /** Decides on the parameters. */
  private final SplittableRandom kinds;

  private final SplittableRandom random;
  private final SequenceBuilder s;
  private final List<Value> parameters = new ArrayList<>();
  private final List<Source> sources = new ArrayList<>();
  private final List<Destination> destinations = new ArrayList<>();
  private int memories;

  /** The results that may be read again, on some path. */
  private final Set<Value> live = new LinkedHashSet<>();

  /** Those of them that are set on the path at hand. */
  private Set<Value> set = new LinkedHashSet<>();

  /** For each label to be placed, those that are set at every skip to it. */
  private final Map<Label, Set<Value>> open = new LinkedHashMap<>();

  private int names;

  private RandomSequences(SplittableRandom kinds, SplittableRandom random, SequenceBuilder s) {
    this.kinds = kinds;
    this.random = random;
    this.s = s;
  }

  /** Returns the sequence that belongs to a seed. */
  public static Sequence sequence(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return Sequence.define("random" + seed, s -> new RandomSequences(random, random, s).generate());
  }

  /** Returns the program that belongs to a seed, of 1 to {@value #MAX_SEQUENCES} sequences. */
  public static Program program(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Sequence[] sequences = new Sequence[1 + random.nextInt(MAX_SEQUENCES)];
    long kinds = random.nextLong();
    for (int i = 0; i < sequences.length; i++) {
      SplittableRandom own = random.split();
      sequences[i] =
          Sequence.define(
              "random%d_%d".formatted(seed, i),
              s -> new RandomSequences(new SplittableRandom(kinds), own, s).generate());
    }
    return Program.of("random" + seed, sequences);
  }

  /** Returns random arguments. */
  public static Object[] arguments(Sequence sequence, SplittableRandom random) {
    return arguments(Program.of(sequence), random);
  }

  /** Returns random arguments. */
  public static Object[] arguments(Program program, SplittableRandom random) {
    return program.parameters().stream()
        .map(
            parameter ->
                switch (parameter) {
                  case Value _ -> (Object) number(random);
                  case CallerMemory _ -> memory(random);
                })
        .toArray();
  }

  /** Returns the same arguments, with memory of their own. */
  public static Object[] copies(Object... arguments) {
    return Arrays.stream(arguments)
        .map(
            each ->
                each instanceof MemorySegment memory
                    ? MemorySegment.ofArray(Slices.bytes(memory))
                    : each)
        .toArray();
  }

  private static long number(SplittableRandom random) {
    return switch (random.nextInt(4)) {
      case 0 -> random.nextInt(16);
      case 1 -> random.nextInt(Slices.BYTES + 16);
      case 2 -> NUMBERS[random.nextInt(NUMBERS.length)];
      default -> random.nextLong();
    };
  }

  private static MemorySegment memory(SplittableRandom random) {
    byte[] content = new byte[SOURCE_BYTES];
    random.nextBytes(content);
    int offset = random.nextInt(16);
    MemorySegment source =
        switch (random.nextInt(3)) {
          case 0 -> MemorySegment.ofArray(new byte[offset + SOURCE_BYTES]);
          case 1 -> MemorySegment.ofArray(new long[SOURCE_BYTES / Long.BYTES + 2]);
          default -> Arena.ofAuto().allocate(offset + SOURCE_BYTES);
        };
    int bytes = random.nextInt(8) == 0 ? random.nextInt(SOURCE_BYTES) : SOURCE_BYTES;
    return source.asSlice(offset, bytes).copyFrom(MemorySegment.ofArray(content).asSlice(0, bytes));
  }

  private void generate() {
    int count = kinds.nextInt(Sequence.MAX_PARAMETER_WORDS + 1);
    for (int words = 0; words < count; words++) {
      if (kinds.nextInt(4) == 0 && words + 2 <= count) {
        words++;
        memory(words);
      } else {
        parameters.add(s.parameter("parameter" + words));
      }
    }
    int steps = random.nextInt(MAX_STEPS);
    for (int i = 0; i < steps; i++) {
      step();
    }
    while (!open.isEmpty()) {
      if (random.nextBoolean()) {
        land(true);
      } else {
        commitEarly();
      }
      step();
    }
    commit();
  }

  private void memory(int number) {
    CallerMemory memory;
    if (kinds.nextBoolean()) {
      Source source = s.source("source" + number);
      sources.add(source);
      memory = source;
    } else {
      Destination destination = s.destination("destination" + number);
      destinations.add(destination);
      memory = destination;
    }
    parameters.add(memory.size());
    memories++;
  }

  private void step() {
    retireUnless(room() - VALUES_OF_A_STEP);
    switch (random.nextInt(24)) {
      case 0, 1, 2 -> load();
      case 3, 4, 5 -> store();
      case 6, 7, 8, 9, 10 -> result(s.compute(name(), any(INTEGER_OPERATIONS), value(), operand()));
      case 11 -> result(s.sliceOffset(name()));
      case 12 -> s.exitIf(value(), any(Condition.values()), operand(), exit());
      case 13, 14 -> skip();
      case 15 -> landOnce();
      case 16, 17 -> copy();
      case 18 -> commitEarly();
      case 19 -> result(s.leadingZeros(name(), value()));
      case 20, 21 -> copyOut();
      case 22 -> addDouble();
      default -> useEveryRegister();
    }
  }

  /** Adds doubles whose sum is a number: which other bits it would have is not specified. */
  private void addDouble() {
    Value left = result(s.and(name(), value(), SMALL_DOUBLE));
    Operand right =
        random.nextBoolean()
            ? result(s.and(name(), value(), SMALL_DOUBLE))
            : new Constant(constant() & SMALL_DOUBLE);
    result(s.compute(name(), Operation.ADD_DOUBLE, left, right));
  }

  private void load() {
    Width width = any(Width.values());
    boolean acquire = random.nextBoolean();
    Address from = address(width.bytes(), acquire);
    result(acquire ? s.loadAcquire(name(), width, from) : s.load(name(), width, from));
  }

  private void store() {
    Width width = any(Width.values());
    Operand operand = operand();
    s.store(width, address(width.bytes(), false), operand);
  }

  private void copy() {
    if (!sources.isEmpty()) {
      int limit = 1 + random.nextInt(SOURCE_BYTES);
      Value length = below(limit + 1);
      s.copy(address(limit, 1, 1), any(sources), length, limit);
    }
  }

  private void copyOut() {
    if (!destinations.isEmpty()) {
      Destination to = any(destinations);
      if (random.nextBoolean()) {
        s.storeOut64(to, random.nextInt(SOURCE_BYTES - Long.BYTES + 1), value());
      } else {
        int limit = 1 + random.nextInt(SOURCE_BYTES);
        Value length = below(limit + 1);
        s.copyOut(to, address(limit, 1, 1), length, limit);
      }
    }
  }

  private void skip() {
    boolean another = open.isEmpty() || (open.size() < MAX_OPEN_LABELS && random.nextBoolean());
    Label target = another ? s.label("label" + names++) : any(open.keySet());
    s.skipIf(value(), any(Condition.values()), operand(), target);
    open.merge(target, new LinkedHashSet<>(set), RandomSequences::intersection);
  }

  private void landOnce() {
    if (!open.isEmpty()) {
      land(true);
    }
  }

  private void commitEarly() {
    if (!open.isEmpty()) {
      commit();
      land(false);
    }
  }

  private void land(boolean reachedFromAbove) {
    Label label = any(open.keySet());
    s.land(label);
    Set<Value> setAtSkips = Objects.requireNonNull(open.remove(label));
    set = reachedFromAbove ? intersection(set, setAtSkips) : setAtSkips;
    Set<Value> reachable = new HashSet<>(set);
    open.values().forEach(reachable::addAll);
    live.retainAll(reachable);
  }

  private void commit() {
    retireUnless(room() - VALUES_OF_A_STEP);
    Operand operand = operand();
    Exit exit = exit();
    if (random.nextInt(3) == 0) {
      s.commitAdd64(address(Long.BYTES, true), operand, exit);
    } else {
      Width width = any(Width.values());
      Address to = address(width.bytes(), true);
      if (random.nextBoolean()) {
        s.commitRelease(width, to, operand, exit);
      } else {
        s.commit(width, to, operand, exit);
      }
    }
  }

  /** Loads as many values as there is room for, and reads all of them afterwards. */
  private void useEveryRegister() {
    while (live.size() < room()) {
      result(s.load(name(), any(Width.values()), address(Long.BYTES, Long.BYTES)));
    }
    for (Value value : set) {
      s.store(any(Width.values()), address(Long.BYTES, Long.BYTES), value);
    }
  }

  /** Returns how many results there may be at the same time. */
  private int room() {
    return Sequence.MAX_LIVE - parameters.size() - memories;
  }

  /** Decides that some values are not read again, until there are no more than {@code count}. */
  private void retireUnless(int count) {
    while (live.size() > count) {
      Value retired = any(live);
      live.remove(retired);
      set.remove(retired);
      open.values().forEach(values -> values.remove(retired));
    }
  }

  private String name() {
    return "v" + names++;
  }

  private Value result(Value result) {
    live.add(result);
    set.add(result);
    return result;
  }

  private Value value() {
    List<Value> values = new ArrayList<>(parameters);
    values.addAll(set);
    return values.isEmpty()
        ? result(s.load64(name(), address(Long.BYTES, Long.BYTES)))
        : any(values);
  }

  private Operand operand() {
    return random.nextBoolean() ? value() : new Constant(constant());
  }

  private long constant() {
    return random.nextInt(3) == 0 ? random.nextLong() : any(NUMBERS);
  }

  private Exit exit() {
    return random.nextBoolean()
        ? Exit.of("value", value())
        : new Exit("constant", new Constant(constant() & Long.MAX_VALUE));
  }

  /** Returns a value that mostly is below a bound. */
  private Value below(int bound) {
    return switch (random.nextInt(12)) {
      case 0 -> value();
      case 1 -> result(s.and(name(), value(), 2L * Integer.highestOneBit(bound) - 1));
      default -> result(s.and(name(), value(), Integer.highestOneBit(bound) - 1));
    };
  }

  private Address address(int bytes, boolean aligned) {
    int alignment = aligned ? bytes : 1;
    return random.nextBoolean()
        ? address(bytes, alignment)
        : address(bytes, alignment, Math.max(alignment, any(SCALES)));
  }

  private Address address(int bytes, int alignment) {
    int displacement = random.nextInt((Slices.BYTES - bytes) / alignment + 1) * alignment;
    return Address.of(Integer.toString(displacement), displacement);
  }

  private Address address(int bytes, int alignment, int scale) {
    Address base = address(bytes, alignment);
    int elements = (Slices.BYTES - base.displacement() - bytes) / scale + 1;
    return new Address(base.name(), base.displacement(), below(elements), scale);
  }

  private <T> T any(T[] choices) {
    return choices[random.nextInt(choices.length)];
  }

  private <T> T any(Collection<T> choices) {
    return List.copyOf(choices).get(random.nextInt(choices.size()));
  }

  private int any(int[] choices) {
    return choices[random.nextInt(choices.length)];
  }

  private long any(long[] choices) {
    return choices[random.nextInt(choices.length)];
  }

  private static Set<Value> intersection(Set<Value> one, Set<Value> other) {
    Set<Value> both = new LinkedHashSet<>(one);
    both.retainAll(other);
    return both;
  }
}
