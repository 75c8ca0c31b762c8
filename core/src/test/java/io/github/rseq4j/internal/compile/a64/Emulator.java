package io.github.rseq4j.internal.compile.a64;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import io.github.rseq4j.internal.asm.AssembledCode;
import io.github.rseq4j.internal.compile.Placement;
import io.github.rseq4j.internal.compile.SequenceCompiler;
import io.github.rseq4j.internal.compile.Target;
import io.github.rseq4j.sequence.Backend;
import io.github.rseq4j.sequence.Program;
import io.github.rseq4j.sequence.Sequence;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Sequences as AArch64 code, run by qemu's user-mode emulation in a small C program, {@code
 * runner.c}. Nothing aborts them there: it shows what the instructions compute.
 */
final class Emulator implements Backend {
  private static final Placement PLACEMENT = new Placement(0x1000_0000, 0x2000_0000);

  private static @Nullable Emulator running;

  private final OutputStream requests;
  private final DataInputStream answers;
  private final int area;

  private Emulator(Process process) throws IOException {
    requests = process.getOutputStream();
    answers = new DataInputStream(process.getInputStream());
    area = Math.toIntExact(getLong());
  }

  /** Returns the emulator, or aborts the test with the reason if there is none. */
  static synchronized Emulator here() {
    if (running == null) {
      running = start();
    }
    return running;
  }

  private static Emulator start() {
    try {
      Path directory = Files.createTempDirectory("emulator");
      Path source = directory.resolve("runner.c");
      Path program = directory.resolve("runner");
      try (InputStream text = Emulator.class.getResourceAsStream("runner.c")) {
        Files.copy(Objects.requireNonNull(text), source);
      }
      Process compiler =
          new ProcessBuilder(
                  "aarch64-linux-gnu-gcc", "-static", "-O1", "-o", "" + program, "" + source)
              .inheritIO()
              .start();
      if (compiler.onExit().join().exitValue() != 0) {
        return abort("aarch64-linux-gnu-gcc cannot compile runner.c");
      }
      Process process =
          new ProcessBuilder("qemu-aarch64", program.toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
      return new Emulator(process);
    } catch (IOException e) {
      return abort("AArch64 code cannot be run here: " + e.getMessage());
    }
  }

  @Override
  public synchronized long run(Sequence sequence, MemorySegment slice, Object... arguments) {
    Program program = Program.of(sequence);
    AssembledCode code =
        SequenceCompiler.compile(new A64(), program, new Target(area, 1, false), PLACEMENT);
    try {
      put(code.bytes().length);
      requests.write(code.bytes());
      put(slice.byteSize());
      requests.write(slice.toArray(ValueLayout.JAVA_BYTE));
      put(sequence.parameterWords());
      for (Object argument : arguments) {
        if (argument instanceof MemorySegment memory) {
          put(1);
          put(memory.byteSize());
          requests.write(memory.toArray(ValueLayout.JAVA_BYTE));
          put(0);
          put(memory.byteSize());
        } else {
          put(0);
          put((long) argument);
        }
      }
      requests.flush();
      assertThat(getLong()).as("the memory around the slice is intact").isEqualTo(1);
      long result = getLong();
      get(slice);
      for (Object argument : arguments) {
        if (argument instanceof MemorySegment memory) {
          get(memory);
        }
      }
      return result;
    } catch (IOException e) {
      throw new UncheckedIOException(sequence.toString(), e);
    }
  }

  private void put(long number) throws IOException {
    for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
      requests.write((int) (number >>> shift));
    }
  }

  private long getLong() throws IOException {
    return Long.reverseBytes(answers.readLong());
  }

  private void get(MemorySegment memory) throws IOException {
    byte[] bytes = answers.readNBytes(Math.toIntExact(memory.byteSize()));
    if (!memory.isReadOnly()) {
      memory.copyFrom(MemorySegment.ofArray(bytes));
    }
  }
}
