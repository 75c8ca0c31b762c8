package io.github.rseq4j.internal.compile.x64;

import java.util.List;

/**
 * How code is called, and which registers it may change.
 *
 * @param slice the first argument, which is the base; then it holds the address of the slice
 * @param stride the second argument
 * @param arguments the others that come in registers; what is left is on the stack, above the
 *     return address
 * @param free further registers that the caller does not need back, but for those that every
 *     lowering has a use for
 * @param saved the registers that the caller needs back
 */
record Convention(Reg slice, Reg stride, List<Reg> arguments, List<Reg> free, List<Reg> saved) {
  /** That of C functions: System V ABI for x86-64, section 3.2.3. */
  static final Convention FUNCTION =
      new Convention(
          Reg.RDI,
          Reg.RSI,
          List.of(Reg.RDX, Reg.RCX, Reg.R8, Reg.R9),
          List.of(),
          List.of(Reg.RBX, Reg.RBP, Reg.R12, Reg.R13, Reg.R14, Reg.R15));

  /**
   * That of compiled Java methods: {@code SharedRuntime::java_calling_convention} in HotSpot, on
   * Linux. Callers need back the thread (r15), the base of compressed pointers (r12), and rbp.
   */
  static final Convention METHOD =
      new Convention(
          Reg.RSI,
          Reg.RDX,
          List.of(Reg.RCX, Reg.R8, Reg.R9, Reg.RDI),
          List.of(Reg.RBX, Reg.R13, Reg.R14),
          List.of(Reg.RBP, Reg.R12, Reg.R15));
}
