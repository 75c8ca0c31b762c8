package io.github.rseq4j.internal.asm.x64;

import static java.util.stream.Collectors.toMap;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An instruction as GNU objdump reads it.
 *
 * @param offset where it begins
 * @param bytes in hexadecimal
 * @param text with single spaces, and addresses in place of distances to RIP
 */
record Disassembled(int offset, String bytes, String text) {
  private static final HexFormat HEX = HexFormat.ofDelimiter(" ");
  private static final Pattern ROW =
      Pattern.compile("\\s*(?<offset>[0-9a-f]+):\t(?<bytes>[0-9a-f ]+?)\\s*\t(?<text>.*)");
  private static final Pattern RIP = Pattern.compile("\\[rip[+-]0x[0-9a-f]+](.*) # (0x[0-9a-f]+)");
  private static final Pattern WORD = Pattern.compile("[a-zA-Z_]\\w*");

  /** What objdump reads in {@code code}; aborts the test if there is no objdump. */
  static List<Disassembled> byObjdump(byte[] code) throws IOException {
    Path file = Files.createTempFile("code", ".bin");
    try {
      Files.write(file, code);
      List<String> output =
          run("objdump -D -z -b binary -m i386:x86-64 -M intel --insn-width=16 " + file);
      return output.stream()
          .map(ROW::matcher)
          .filter(Matcher::matches)
          .map(
              row ->
                  new Disassembled(
                      HexFormat.fromHexDigits(row.group("offset")),
                      row.group("bytes"),
                      normalised(row.group("text"))))
          .toList();
    } finally {
      Files.delete(file);
    }
  }

  /** What objdump should read in {@code code}, by its lines. */
  static List<Disassembled> byLines(AssembledCode code) {
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

  private static String normalised(String text) {
    return RIP.matcher(text.strip().replaceAll("\\s+", " ")).replaceAll("[rip+$2]$1");
  }

  private static String withAddresses(String text, Map<String, Integer> labels) {
    return WORD.matcher(text)
        .replaceAll(
            word -> {
              Integer offset = labels.get(word.group());
              return offset == null ? word.group() : "0x" + Integer.toHexString(offset);
            });
  }

  private static List<String> run(String command) throws IOException {
    Process process;
    try {
      process = new ProcessBuilder(command.split(" ")).redirectErrorStream(true).start();
    } catch (IOException e) {
      return abort("no objdump to compare with: " + e.getMessage());
    }
    try (var output = process.inputReader()) {
      List<String> lines = output.readAllLines();
      int status = process.onExit().join().exitValue();
      return status == 0 ? lines : abort("not a GNU objdump that knows x86-64: " + lines);
    }
  }
}
