package io.github.rseq4j.sequence;

import java.util.List;

/** A step that copies between the slice and memory of the caller. */
public sealed interface Transfer extends Step permits Transfer.Copy, Transfer.CopyOut {
  /** Returns the memory of the caller. */
  CallerMemory memory();

  /** Returns how many bytes, unsigned. */
  Value length();

  /** Returns the bound of the length, 1 to {@value Step#MAX_COPY}. */
  int limit();

  @Override
  Address address();

  @Override
  default List<Value> reads() {
    return Step.values(address().index(), length());
  }

  @Override
  default int extent() {
    return limit();
  }

  @Override
  default void verify(Verifier verifier) {
    verifier.requireParameter(this, memory());
    if (limit() < 1 || limit() > MAX_COPY) {
      throw verifier.refusal(Rule.BOUNDED_COPY, "bound " + limit());
    }
    if (address().index() != null && address().scale() != 1) {
      throw verifier.refusal(Rule.BOUNDED_COPY, "scale " + address().scale() + " is not 1");
    }
  }

  /**
   * {@code if (length > limit || length > from.size) return OUT_OF_BOUNDS; slice[to .. to + length)
   * = from[0 .. length)}. The result is unspecified if {@code from} overlaps the slice.
   *
   * @param to where to
   * @param from where from
   * @param length how many bytes, unsigned
   * @param limit the bound of {@code length}, 1 to {@value Step#MAX_COPY}
   */
  record Copy(Address to, Source from, Value length, int limit) implements Transfer {
    @Override
    public CallerMemory memory() {
      return from;
    }

    @Override
    public Address address() {
      return to;
    }

    @Override
    public void interpret(Frame frame) {
      frame.copy(this);
    }

    @Override
    public String toString() {
      return "copy %s = %s, %s bytes, at most %d".formatted(to, from, length, limit);
    }
  }

  /**
   * {@code if (length > limit || length > to.size) return OUT_OF_BOUNDS; to[0 .. length) =
   * slice[from .. from + length)}. The result is unspecified if {@code to} overlaps the slice.
   *
   * @param to where to
   * @param from where from
   * @param length how many bytes, unsigned
   * @param limit the bound of {@code length}, 1 to {@value Step#MAX_COPY}
   */
  record CopyOut(Destination to, Address from, Value length, int limit) implements Transfer {
    @Override
    public CallerMemory memory() {
      return to;
    }

    @Override
    public Address address() {
      return from;
    }

    @Override
    public void interpret(Frame frame) {
      frame.copyOut(this);
    }

    @Override
    public String toString() {
      return "copy %s = %s, %s bytes, at most %d".formatted(to, from, length, limit);
    }
  }
}
