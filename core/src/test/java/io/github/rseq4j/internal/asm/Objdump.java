package io.github.rseq4j.internal.asm;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** GNU objdump, for each processor. */
public enum Objdump {
  X86_64("objdump -m i386:x86-64 -M intel --insn-width=16") {
    private static final Pattern RIP =
        Pattern.compile("\\[rip[+-]0x[0-9a-f]+](.*) # (0x[0-9a-f]+)");

    @Override
    String normalised(String text) {
      return RIP.matcher(text).replaceAll("[rip+$2]$1");
    }
  },
  AARCH64("aarch64-linux-gnu-objdump -m aarch64") {
    @Override
    String bytes(String shown) {
      return word(shown);
    }

    @Override
    String normalised(String text) {
      return text.replaceAll(" *//.*", "");
    }
  },
  RISCV64("riscv64-linux-gnu-objdump -m riscv:rv64 -M no-aliases") {
    @Override
    String bytes(String shown) {
      return word(shown);
    }

    @Override
    String normalised(String text) {
      return text.replaceAll(" *#.*", "");
    }
  };

  private static final Pattern ROW =
      Pattern.compile("\\s*(?<offset>[0-9a-f]+):\t(?<bytes>[0-9a-f ]+?)\\s*\t(?<text>.*)");

  private final String command;

  Objdump(String command) {
    this.command = command + " -D -z -b binary ";
  }

  /** Returns what objdump reads in {@code code}; aborts the test if there is no objdump. */
  public List<Disassembled> read(byte[] code) throws IOException {
    Path file = Files.createTempFile("code", ".bin");
    try {
      Files.write(file, code);
      return run(command + file).stream()
          .map(ROW::matcher)
          .filter(Matcher::matches)
          .map(
              row ->
                  new Disassembled(
                      HexFormat.fromHexDigits(row.group("offset")),
                      bytes(row.group("bytes")),
                      normalised(row.group("text").strip().replaceAll("\\s+", " "))))
          .toList();
    } finally {
      Files.delete(file);
    }
  }

  /** Returns the bytes of an instruction in the order of memory. */
  String bytes(String shown) {
    return shown;
  }

  /** Returns the text of an instruction without comments, and addresses in place of distances. */
  String normalised(String text) {
    return text;
  }

  /** Returns the bytes of what is shown as one number. */
  private static String word(String shown) {
    byte[] word = HexFormat.of().parseHex(shown);
    return IntStream.range(1, word.length + 1)
        .mapToObj(i -> HexFormat.of().toHexDigits(word[word.length - i]))
        .collect(Collectors.joining(" "));
  }

  private List<String> run(String command) throws IOException {
    Process process;
    try {
      process = new ProcessBuilder(command.split(" ")).redirectErrorStream(true).start();
    } catch (IOException e) {
      return abort("no objdump for %s to compare with: %s".formatted(this, e.getMessage()));
    }
    try (var output = process.inputReader()) {
      List<String> lines = output.readAllLines();
      int status = process.onExit().join().exitValue();
      return status == 0 ? lines : abort("not a GNU objdump for %s: %s".formatted(this, lines));
    }
  }
}
