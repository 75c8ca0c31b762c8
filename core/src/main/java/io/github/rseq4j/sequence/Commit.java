package io.github.rseq4j.sequence;

import java.util.List;

/** A step that ends its path: the one store that makes the sequence's work visible. */
public sealed interface Commit extends Step permits Commit.Store, Commit.Add {
  /** Returns the way out once committed. */
  Exit exit();

  @Override
  Address address();

  @Override
  default void verify(Verifier verifier) {
    verifier.requireAligned(this, address(), extent());
    verifier.commit();
  }

  /**
   * {@code slice[to] = value; return exit}; if {@code release}, no earlier access moves after it.
   *
   * @param width how much is stored
   * @param to where to
   * @param value what is stored
   * @param release whether the store releases
   * @param exit the way out once committed
   */
  record Store(Width width, Address to, Operand value, boolean release, Exit exit)
      implements Commit {
    @Override
    public List<Value> reads() {
      return Step.values(to.index(), value, exit.result());
    }

    @Override
    public Address address() {
      return to;
    }

    @Override
    public int extent() {
      return width.bytes();
    }

    @Override
    public void interpret(Frame frame) {
      frame.commitStore(this);
    }

    @Override
    public String toString() {
      return "commit%s%d %s = %s -> %s"
          .formatted(release ? ".release" : "", width.bits(), to, value, exit);
    }
  }

  /**
   * {@code slice[to] += value; return exit}, on 64 bits.
   *
   * @param to where to
   * @param value what is added
   * @param exit the way out once committed
   */
  record Add(Address to, Operand value, Exit exit) implements Commit {
    @Override
    public List<Value> reads() {
      return Step.values(to.index(), value, exit.result());
    }

    @Override
    public Address address() {
      return to;
    }

    @Override
    public int extent() {
      return Width.BITS_64.bytes();
    }

    @Override
    public void interpret(Frame frame) {
      frame.commitAdd(this);
    }

    @Override
    public String toString() {
      return "commit.add64 %s += %s -> %s".formatted(to, value, exit);
    }
  }
}
