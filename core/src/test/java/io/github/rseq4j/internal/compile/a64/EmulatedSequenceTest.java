package io.github.rseq4j.internal.compile.a64;

import io.github.rseq4j.internal.compile.EmulatedSequenceContract;

class EmulatedSequenceTest extends EmulatedSequenceContract {
  EmulatedSequenceTest() {
    super(new A64(), 0xd4000001, 0xd2800000); // svc #0, mov x0,#0
  }

  @Override
  protected long flushed(long start) {
    return start; // it is left where it was
  }
}
