package io.github.rseq4j.internal.asm;

import java.util.List;

/** Machine code that can be copied to any address, with its listing. */
public final class AssembledCode {
  private final byte[] bytes;
  private final List<Line> lines;

  /** Takes over {@code bytes}. */
  AssembledCode(byte[] bytes, List<Line> lines) {
    this.bytes = bytes;
    this.lines = List.copyOf(lines);
  }

  /** Returns a copy of the code. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** Returns what the code consists of, in order; no byte of it is outside a line. */
  public List<Line> lines() {
    return lines;
  }

  /** Returns the code as a table for people. */
  public String listing() {
    return Listing.of(bytes, lines);
  }
}
