package io.github.rseq4j.percpu;

import io.github.rseq4j.sequence.Address;

/**
 * A cell with two banks, of which sequences use the one that the first word says.
 *
 * <pre>
 *    0         8         16        24
 *   +---------+---------+---------+
 *   | current | bank 0  | bank 1  |
 *   +---------+---------+---------+
 * </pre>
 *
 * <p>{@code current} is 0 or 1. An empty bank is 0.
 */
final class BankedLayout {
  static final Address CURRENT = Address.of("current", 0);
  static final Address BANK_0 = Address.of("bank_0", CURRENT.displacement() + Long.BYTES);
  static final Address BANK_1 = Address.of("bank_1", BANK_0.displacement() + Long.BYTES);

  static final int BYTES = BANK_1.displacement() + Long.BYTES;

  private BankedLayout() {}

  /** Returns where a bank is in its cell. */
  static long bank(long number) {
    return BANK_0.displacement() + number * Long.BYTES;
  }
}
