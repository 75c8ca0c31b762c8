package io.github.rseq4j;

/** What a sequence can be compiled to. */
public enum Isa {
  /** Machine code of AMD64 and Intel 64. */
  X86_64("x86-64"),
  /** Machine code of 64-bit ARM. */
  AARCH64("aarch64"),
  /** Machine code of 64-bit RISC-V. */
  RISCV64("riscv64"),
  /** Bytecode of the Java virtual machine. */
  BYTECODE("bytecode");

  private final String label;

  Isa(String label) {
    this.label = label;
  }

  /** Returns the name that people write. */
  @Override
  public String toString() {
    return label;
  }
}
