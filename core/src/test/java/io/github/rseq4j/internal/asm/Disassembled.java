package io.github.rseq4j.internal.asm;

import static java.util.stream.Collectors.toMap;

import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
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
  private static final Pattern PC_RELATIVE =
      Pattern.compile("%pcrel_(?<part>hi|lo)\\((?<label>\\w+)\\)");

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
                    withAddresses(line, labels)))
        .toList();
  }

  /** What objdump should read in {@code code}, from its beginning to its first datum. */
  public static List<Disassembled> instructions(AssembledCode code) {
    return byLines(code).stream().takeWhile(line -> !line.text().startsWith(".")).toList();
  }

  private static String withAddresses(Line line, Map<String, Integer> labels) {
    String text = line.text();
    Matcher part = PC_RELATIVE.matcher(text);
    if (part.find()) {
      // What GNU as makes of them; the low part is that of the distance from the line before.
      int distance = Objects.requireNonNull(labels.get(part.group("label")), text) - line.offset();
      boolean high = part.group("part").equals("hi");
      int low = (distance + (high ? 0 : Integer.BYTES)) << 20 >> 20;
      return part.replaceFirst(
          high ? "0x" + Integer.toHexString((distance - low) >>> 12) : Integer.toString(low));
    }
    return WORD.matcher(text)
        .replaceAll(
            word -> {
              Integer offset = labels.get(word.group());
              return offset == null ? word.group() : "0x" + Integer.toHexString(offset);
            });
  }
}
