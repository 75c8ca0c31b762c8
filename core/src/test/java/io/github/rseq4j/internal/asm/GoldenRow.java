package io.github.rseq4j.internal.asm;

import static java.util.stream.Collectors.groupingBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * A row of a file {@code insn.golden}.
 *
 * @param name the name of an instruction
 * @param bytes in hexadecimal
 * @param text where {@value #SELF} is the instruction itself
 */
public record GoldenRow(String name, String bytes, String text) {
  /** The label that all jumps in such a file go to. */
  public static final String SELF = "self";

  private static final HexFormat HEX = HexFormat.ofDelimiter(" ");

  /** Returns the row of the one instruction that some code consists of. */
  public static GoldenRow of(String name, AssembledCode code) {
    return new GoldenRow(name, HEX.formatHex(code.bytes()), code.lines().getLast().text());
  }

  /** Reads the file of a test's package: the rows by the names of their instructions. */
  public static Map<String, List<GoldenRow>> read(Class<?> test) {
    try (InputStream file = test.getResourceAsStream("insn.golden")) {
      String text = new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
      return text.lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split("\\s{2,}"))
          .map(columns -> new GoldenRow(columns[0], columns[1], columns[2]))
          .collect(groupingBy(GoldenRow::name, LinkedHashMap::new, Collectors.toList()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the code of all rows, one after another. */
  public static byte[] bytes(List<GoldenRow> rows) {
    return HEX.parseHex(rows.stream().map(GoldenRow::bytes).collect(Collectors.joining(" ")));
  }

  /** Returns bytes and text of what objdump should read in {@link #bytes(List)}. */
  public static List<String> disassembled(List<GoldenRow> rows) {
    int offset = 0;
    List<String> expected = new ArrayList<>();
    for (GoldenRow row : rows) {
      String text =
          row.text
              .replace("%pcrel_hi(" + SELF + ")", "0x0")
              .replace("%pcrel_lo(" + SELF + ")", Integer.toString(Integer.BYTES))
              .replace(SELF, "0x" + Integer.toHexString(offset));
      expected.add(row.bytes + " " + text);
      offset += HEX.parseHex(row.bytes).length;
    }
    return expected;
  }
}
