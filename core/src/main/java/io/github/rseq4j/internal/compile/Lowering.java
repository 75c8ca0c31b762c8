package io.github.rseq4j.internal.compile;

import io.github.rseq4j.internal.asm.Assembler;
import io.github.rseq4j.internal.asm.Label;
import io.github.rseq4j.sequence.Commit;
import io.github.rseq4j.sequence.Sequence;
import io.github.rseq4j.sequence.Step;
import io.github.rseq4j.sequence.Value;

/**
 * How one program becomes instructions of one processor: what {@link SequenceCompiler} asks for, in
 * the order in which it puts the code together.
 *
 * <p>The code is a C function {@code long f(long base, long stride, words...)}. A lowering keeps
 * the base, the stride and the words of the parameters in registers until the end, since an abort
 * starts again from them; one register holds the address of the slice.
 */
public interface Lowering {
  /** Returns what the code is written with. */
  Assembler assembler();

  /**
   * Emits what the function begins with: it saves registers, takes words from the stack, and has
   * the base in the register of the slice.
   */
  void enter();

  /** Emits what the function has behind all that steps and exits become. */
  default void finish() {}

  /** Takes the registers of a sequence of the program from here on; emits nothing. */
  void use(Sequence sequence);

  /** Emits the move of the base into the register of the slice. */
  void restoreBase();

  /** Emits the store of the descriptor's address to rseq_cs, as the last instruction. */
  void arm(Label descriptor);

  /** Emits the choice of the slice by the index, which is read and checked here. */
  void index(Exits exits);

  /** How steps become instructions. */
  interface Steps {
    /** Emits a step; of a commit, only what has to be done before {@link #commit}. */
    void lower(Step step, Exits exits);

    /** Emits a commit, whose store is the last instruction. */
    void commit(Commit commit);
  }

  /** Returns what emits the steps. */
  Steps steps();

  /** Emits the return of a constant. */
  void leave(long result);

  /** Emits the return of the low 63 bits of a value. */
  void leave(Value result);

  /** Emits a jump. */
  void jump(Label target);

  /** Emits the signature, which the kernel wants before the address of an abort. */
  void signature();

  /** Emits the increment of {@link SequenceState#RESTARTS}, which other threads may also do. */
  void countRestart();

  /**
   * Emits an injection point: a thread is held while {@link SequenceState#HOLD} is {@code number},
   * or delayed if {@link SequenceState#DELAY} is.
   */
  void injectionPoint(int number, Exits exits);
}
