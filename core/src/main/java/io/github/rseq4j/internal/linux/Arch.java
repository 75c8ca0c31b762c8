package io.github.rseq4j.internal.linux;

import java.util.Locale;
import java.util.Optional;

/** A processor architecture whose rseq signature and system call numbers are known here. */
public enum Arch {
  /** AMD64, Intel 64. The signature is the operand of an undefined instruction, {@code ud1}. */
  X86_64(0x53053053),

  /** 64-bit ARM, little-endian. The signature is the instruction {@code brk #0x45e0}. */
  AARCH64(0xd428bc00),

  /** 64-bit RISC-V. The signature is the instruction {@code csrw mhartid, x0}. */
  RISCV64(0xf1401073);

  private final int rseqSignature;

  Arch(int rseqSignature) {
    this.rseqSignature = rseqSignature;
  }

  /**
   * The architecture of this JVM, whatever its operating system.
   *
   * @return empty if it is none of those known here
   */
  public static Optional<Arch> current() {
    return named(System.getProperty("os.arch", ""));
  }

  /** The architecture that a JVM calls {@code name} in its property {@code os.arch}. */
  static Optional<Arch> named(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "amd64", "x86_64" -> Optional.of(X86_64);
      case "aarch64", "arm64" -> Optional.of(AARCH64);
      case "riscv64" -> Optional.of(RISCV64);
      default -> Optional.empty();
    };
  }

  /**
   * The 32-bit word that the kernel expects right before an abort address, as glibc registers it:
   * {@code RSEQ_SIG} in its {@code sys/rseq.h}. One process has one signature for all its
   * registrations.
   */
  public int rseqSignature() {
    return rseqSignature;
  }
}
