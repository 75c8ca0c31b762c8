package io.github.rseq4j.sequence;

import io.github.rseq4j.sequence.ModelChecker.Answer;
import io.github.rseq4j.sequence.ModelChecker.Call;
import java.util.ArrayList;
import java.util.List;

/**
 * The bounded stack of {@link Sequence}'s documentation, and what it means: the items, the newest
 * last.
 */
final class ModelStack implements ModelChecker.Meaning<List<Long>> {
  static final int CAPACITY = 2;
  static final int PUSHED = 0;
  static final int FULL = 1;
  static final int EMPTY = 99;

  static final Address COUNT = Address.of("count", 0);
  static final Address ITEMS = Address.of("items", Long.BYTES);
  static final int SLICE_BYTES = (1 + CAPACITY) * Long.BYTES;

  static final Sequence PUSH =
      Sequence.define(
          "push",
          s -> {
            Value value = s.parameter("value");
            Value count = s.load64("count", COUNT);
            s.exitIf(count, Condition.AT_LEAST, CAPACITY, Exit.of("full", FULL));
            s.store64(ITEMS.longAt(count), value);
            s.commit64(COUNT, s.add("next", count, 1), Exit.of("pushed", PUSHED));
          });

  static final Sequence POP =
      Sequence.define(
          "pop",
          s -> {
            Value count = s.load64("count", COUNT);
            s.exitIf(count, Condition.EQUAL, 0, Exit.of("empty", EMPTY));
            Value last = s.subtract("last", count, 1);
            Value item = s.load64("item", ITEMS.longAt(last));
            s.commit64(COUNT, last, Exit.of("popped", item));
          });

  @Override
  public List<Long> of(ModelChecker.Slice slice) {
    List<Long> items = new ArrayList<>();
    long count = slice.get(COUNT.displacement());
    for (int i = 0; i < count; i++) {
      items.add(slice.get(ITEMS.displacement() + (long) i * Long.BYTES));
    }
    return List.copyOf(items);
  }

  @Override
  public List<Answer<List<Long>>> answers(List<Long> before, Call call) {
    List<Long> after = new ArrayList<>(before);
    long result;
    if (call.sequence().name().startsWith("push")) {
      boolean fits = before.size() < CAPACITY;
      result = fits ? PUSHED : FULL;
      if (fits) {
        after.add(call.value(0));
      }
    } else {
      result = before.isEmpty() ? EMPTY : after.removeLast();
    }
    return List.of(new Answer<>(List.copyOf(after), result));
  }
}
