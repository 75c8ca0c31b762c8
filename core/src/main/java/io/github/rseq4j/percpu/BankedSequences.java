package io.github.rseq4j.percpu;

import static io.github.rseq4j.percpu.BankedLayout.BANK_0;
import static io.github.rseq4j.percpu.BankedLayout.BANK_1;
import static io.github.rseq4j.percpu.BankedLayout.CURRENT;

import io.github.rseq4j.internal.rseq.RegionLinker;
import io.github.rseq4j.sequence.Address;
import io.github.rseq4j.sequence.Condition;
import io.github.rseq4j.sequence.Exit;
import io.github.rseq4j.sequence.Operation;
import io.github.rseq4j.sequence.Sequence;
import io.github.rseq4j.sequence.SequenceBuilder;
import io.github.rseq4j.sequence.Value;
import java.lang.invoke.MethodHandle;

/** The sequences that put something into the current bank of a {@link BankedCell}. */
final class BankedSequences {
  static final int CHANGED = 0;
  static final int UNCHANGED = 1;

  private static final Exit CHANGED_EXIT = Exit.of("changed", CHANGED);
  private static final Exit UNCHANGED_EXIT = Exit.of("unchanged", UNCHANGED);

  /** The steps that put a value into the bank at an address, which holds another one. */
  private interface Put {
    void into(SequenceBuilder s, Address bank, Value old, Value value);
  }

  /** Stores {@code value} if it is above the bank, unsigned. */
  static final Sequence MAX =
      define(
          "accumulate_max",
          (s, bank, old, value) -> {
            s.exitIf(old, Condition.AT_LEAST, value, UNCHANGED_EXIT);
            s.commit64(bank, value, CHANGED_EXIT);
          });

  /** Sets those bits of the bank that are set in {@code value}. */
  static final Sequence OR =
      define(
          "accumulate_or",
          (s, bank, old, value) -> {
            var both = s.compute("both", Operation.OR, value, old);
            s.exitIf(both, Condition.EQUAL, old, UNCHANGED_EXIT);
            s.commit64(bank, both, CHANGED_EXIT);
          });

  /** Adds {@code value} to the bank, both taken as doubles. */
  static final Sequence ADD_DOUBLE =
      define(
          "double_add",
          (s, bank, old, value) -> {
            var sum = s.compute("sum", Operation.ADD_DOUBLE, old, value);
            s.commit64(bank, sum, CHANGED_EXIT);
          });

  static final MethodHandle MAX_HANDLE = RegionLinker.linkAt(MAX);
  static final MethodHandle OR_HANDLE = RegionLinker.linkAt(OR);
  static final MethodHandle ADD_DOUBLE_HANDLE = RegionLinker.linkAt(ADD_DOUBLE);

  private BankedSequences() {}

  /*
   * An indexed address would be checked against the whole slice, not against the cell, so each bank
   * has steps of its own. That of the current bank is acquired, or the load of the bank could see
   * what was there before the bank was emptied.
   */
  private static Sequence define(String name, Put put) {
    return Sequence.define(
        name,
        s -> {
          var value = s.parameter("value");
          var current = s.loadAcquire64("current", CURRENT);
          var other = s.label("other");
          s.skipIf(current, Condition.NOT_EQUAL, 0, other);
          put.into(s, BANK_0, s.load64("old", BANK_0), value);
          s.land(other);
          put.into(s, BANK_1, s.load64("old", BANK_1), value);
        });
  }
}
