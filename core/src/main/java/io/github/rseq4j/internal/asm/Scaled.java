package io.github.rseq4j.internal.asm;

/**
 * A number in a field that leaves out its low bits, as these are always 0.
 *
 * @param field where the number is, divided by {@code scale}
 * @param signed whether it is in two's complement
 * @param scale what it is a multiple of
 */
public record Scaled(Field field, boolean signed, int scale) {
  /** Returns the least number that fits. */
  public long least() {
    return signed ? -scale * (1L << (field.width() - 1)) : 0;
  }

  /** Returns the greatest number that fits. */
  public long greatest() {
    return scale * ((1L << (signed ? field.width() - 1 : field.width())) - 1);
  }

  /** Returns whether the field can hold a number. */
  public boolean fits(long value) {
    return least() <= value && value <= greatest() && value % scale == 0;
  }

  /** Returns a number that fits, where the instruction has it. */
  public int put(long value) {
    return field.put((int) (value / scale));
  }

  /** Returns what fits, for a message. */
  @Override
  public String toString() {
    return "from " + least() + " to " + greatest() + (scale == 1 ? "" : " in steps of " + scale);
  }

  /**
   * Has the distance to a label filled in, in the instruction that comes next, once it is bound.
   *
   * @param instruction what that is, for a message
   */
  public void patch(Label label, String instruction, CodeBuffer out) {
    out.patch(
        label,
        (code, at, target) -> {
          if (!fits(target - at)) {
            throw new IllegalStateException(
                "%s: label %s is %d bytes away, must be %s"
                    .formatted(instruction, label, target - at, this));
          }
          code.putInt(at, code.getInt(at) | put(target - at));
        });
  }
}
