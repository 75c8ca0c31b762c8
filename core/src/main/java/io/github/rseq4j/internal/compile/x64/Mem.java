package io.github.rseq4j.internal.compile.x64;

import io.github.rseq4j.internal.asm.Label;
import io.github.rseq4j.internal.asm.Operand;

/** An address in memory. Displacements are signed, in bytes. */
public sealed interface Mem extends Operand {
  /** Returns the memory at {@code [base + disp]}. */
  static Mem at(Reg base, int disp) {
    return new Based(base, disp);
  }

  /**
   * Returns the memory at {@code [base + index * scale + disp]}.
   *
   * @throws IllegalArgumentException if {@code index} is RSP, which the encoding has no room for,
   *     or {@code scale} is not 1, 2, 4 or 8
   */
  static Mem at(Reg base, Reg index, int scale, int disp) {
    return new Indexed(base, index, scale, disp);
  }

  /**
   * Returns the memory {@code disp} bytes from the start of the FS segment, which on Linux is the
   * thread pointer.
   */
  static Mem fs(int disp) {
    return new Fs(disp);
  }

  /** Returns the memory at a label, found relative to the instruction pointer. */
  static Mem rip(Label target) {
    return new RipRelative(target);
  }

  /** See {@link #at(Reg, int)}. */
  record Based(Reg base, int disp) implements Mem {
    @Override
    public String toString() {
      return "[" + base + dispText(base, disp) + "]";
    }
  }

  /** See {@link #at(Reg, Reg, int, int)}. */
  record Indexed(Reg base, Reg index, int scale, int disp) implements Mem {
    /** Refuses what cannot be encoded. */
    public Indexed {
      if (index == Reg.RSP) {
        throw new IllegalArgumentException("rsp cannot be an index");
      }
      if (scale != 1 && scale != 2 && scale != 4 && scale != 8) {
        throw new IllegalArgumentException("scale is " + scale + ", must be 1, 2, 4 or 8");
      }
    }

    @Override
    public String toString() {
      return "[" + base + "+" + index + "*" + scale + dispText(base, disp) + "]";
    }
  }

  /** See {@link #fs}. */
  record Fs(int disp) implements Mem {
    @Override
    public String toString() {
      return "fs:0x" + Long.toHexString(disp);
    }
  }

  /** See {@link #rip}. */
  record RipRelative(Label target) implements Mem {
    @Override
    public Label label() {
      return target;
    }

    @Override
    public String toString() {
      return "[rip+" + target + "]";
    }
  }

  /** The displacement as a listing shows it: whenever it takes bytes in the encoding. */
  private static String dispText(Reg base, int disp) {
    if (ModRm.dispBytes(base, disp) == 0) {
      return "";
    }
    return (disp < 0 ? "-0x" : "+0x") + Long.toHexString(Math.abs((long) disp));
  }
}
