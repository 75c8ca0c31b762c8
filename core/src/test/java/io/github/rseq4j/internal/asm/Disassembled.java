package io.github.rseq4j.internal.asm;

import static java.util.stream.Collectors.toMap;

import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * An instruction as GNU objdump reads it.
 *
 * @param offset where it begins
 * @param bytes in hexadecimal, in the order of memory
 * @param text with single spaces, and addresses in place of distances
 */
public record Disassembled(int offset, String bytes, String text) {
  private static final HexFormat HEX = HexFormat.ofDelimiter(" ");
  private static final Pattern WORD = Pattern.compile("[a-zA-Z_]\\w*");

  /** What objdump should read in {@code code}, by its lines. */
  public static List<Disassembled> byLines(AssembledCode code) {
    Map<String, Integer> labels =
        code.lines().stream()
            .filter(line -> line.length() == 0)
            .collect(toMap(line -> line.text().replace(":", ""), Line::offset));
    byte[] bytes = code.bytes();
    return code.lines().stream()
        .filter(line -> line.length() > 0)
        .map(
            line ->
                new Disassembled(
                    line.offset(),
                    HEX.formatHex(bytes, line.offset(), line.offset() + line.length()),
                    withAddresses(line.text(), labels)))
        .toList();
  }

  /** What objdump should read in {@code code}, from its beginning to its first datum. */
  public static List<Disassembled> instructions(AssembledCode code) {
    return byLines(code).stream().takeWhile(line -> !line.text().startsWith(".")).toList();
  }

  private static String withAddresses(String text, Map<String, Integer> labels) {
    return WORD.matcher(text)
        .replaceAll(
            word -> {
              Integer offset = labels.get(word.group());
              return offset == null ? word.group() : "0x" + Integer.toHexString(offset);
            });
  }
}
