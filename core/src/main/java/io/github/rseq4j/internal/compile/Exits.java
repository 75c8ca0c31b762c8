package io.github.rseq4j.internal.compile;

import io.github.rseq4j.internal.asm.Label;
import io.github.rseq4j.sequence.Exit;

/** Where code goes on that does not go on with the next step. */
public interface Exits {
  /** Returns a label at which {@code exit} is taken. */
  Label exit(Exit exit);

  /** Returns the label at which the exit for an access out of bounds is taken. */
  Label outOfBounds();

  /** Returns the label at which the exit of a thread without an index is taken. */
  Label unregistered();

  /** Returns the label at which the code goes on behind {@code label} of the sequence. */
  Label skip(io.github.rseq4j.sequence.Label label);

  /** Returns a new label, whose name begins with {@code name}. */
  Label fresh(String name);
}
