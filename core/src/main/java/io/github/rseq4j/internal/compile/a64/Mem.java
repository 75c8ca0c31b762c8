package io.github.rseq4j.internal.compile.a64;

import io.github.rseq4j.internal.asm.Operand;

/** An address in memory. Offsets are in bytes; which of them fit is the instruction's to say. */
public sealed interface Mem extends Operand {
  /** Whether and when the offset is added to the base register itself. */
  enum Indexing {
    /** Never: the register stays as it is. */
    NONE,
    /** Before the access. */
    PRE,
    /** After the access, which is at the register's old value. */
    POST
  }

  /** Returns the memory at {@code [base]}. */
  static Mem at(Reg base) {
    return at(base, 0);
  }

  /** Returns the memory at {@code [base, #offset]}. */
  static Mem at(Reg base, int offset) {
    return new Based(base, offset, Indexing.NONE);
  }

  /** Returns the memory at {@code [base, #offset]!}, where the base register is left pointing. */
  static Mem preIndexed(Reg base, int offset) {
    return new Based(base, offset, Indexing.PRE);
  }

  /** Returns the memory at {@code [base], #offset}: at the base register, which then moves on. */
  static Mem postIndexed(Reg base, int offset) {
    return new Based(base, offset, Indexing.POST);
  }

  /** Returns the memory at {@code [base, index]}. */
  static Mem at(Reg base, Reg index) {
    return at(base, index, 0);
  }

  /** Returns the memory at {@code [base, index, lsl #shift]}. */
  static Mem at(Reg base, Reg index, int shift) {
    return new Indexed(base, index, shift);
  }

  /** Returns the register that the address is relative to. */
  Reg base();

  /** A register and a constant. */
  record Based(Reg base, int offset, Indexing indexing) implements Mem {
    /** Refuses what cannot be encoded. */
    public Based {
      requireBase(base);
    }

    @Override
    public String toString() {
      return switch (indexing) {
        case NONE -> offset == 0 ? "[" + base + "]" : "[" + base + ", #" + offset + "]";
        case PRE -> "[" + base + ", #" + offset + "]!";
        case POST -> "[" + base + "], #" + offset;
      };
    }
  }

  /** Two registers, the second shifted to the left. */
  record Indexed(Reg base, Reg index, int shift) implements Mem {
    /** Refuses what cannot be encoded. */
    public Indexed {
      requireBase(base);
      if (index == Reg.SP) {
        throw new IllegalArgumentException("sp cannot be an index");
      }
    }

    @Override
    public String toString() {
      return "[" + base + ", " + index + (shift == 0 ? "" : ", lsl #" + shift) + "]";
    }
  }

  private static void requireBase(Reg base) {
    if (base == Reg.XZR) {
      throw new IllegalArgumentException("xzr cannot be a base");
    }
  }
}
