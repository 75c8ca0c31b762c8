package io.github.rseq4j.internal.link;

import io.github.rseq4j.sequence.IndexKind;
import io.github.rseq4j.sequence.LibrseqContract;
import org.junit.jupiter.api.Nested;

/** librseq's operations as machine code, skipped where that cannot run, and as bytecode. */
class LinkedLibrseqTest {
  @Nested
  class ByCpu extends LibrseqContract {
    ByCpu() {
      super(Machine.here(IndexKind.CPU_ID, SLICE_BYTES));
    }
  }

  @Nested
  class ByConcurrencyId extends LibrseqContract {
    ByConcurrencyId() {
      super(Machine.here(IndexKind.MM_CID, SLICE_BYTES));
    }
  }

  @Nested
  class UnderALock extends LibrseqContract {
    UnderALock() {
      super(new Bytecode());
    }
  }
}
