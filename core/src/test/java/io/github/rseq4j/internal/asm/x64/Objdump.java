package io.github.rseq4j.internal.asm.x64;

import java.io.IOException;
import java.util.List;

/** What {@link Disassembled} knows, for the tests of other packages. */
public final class Objdump {
  private Objdump() {}

  /** Returns offset, bytes and text of what objdump reads; aborts the test if there is none. */
  public static List<String> read(byte[] code) throws IOException {
    return Disassembled.byObjdump(code).stream().map(Disassembled::toString).toList();
  }

  /** Returns what objdump should read in {@code code}, from its beginning to its first datum. */
  public static List<String> instructions(AssembledCode code) {
    return Disassembled.byLines(code).stream()
        .takeWhile(line -> !line.text().startsWith("."))
        .map(Disassembled::toString)
        .toList();
  }
}
