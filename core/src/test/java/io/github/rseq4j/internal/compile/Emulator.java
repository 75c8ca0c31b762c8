package io.github.rseq4j.internal.compile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import io.github.rseq4j.internal.asm.AssembledCode;
import io.github.rseq4j.internal.linux.Arch;
import io.github.rseq4j.sequence.Backend;
import io.github.rseq4j.sequence.Program;
import io.github.rseq4j.sequence.Sequence;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * The code of another processor, run by qemu's user-mode emulation in a small C program, {@code
 * runner.c}, which stands in for the kernel.
 */
final class Emulator implements Backend {
  /** Where the runner puts code, and the state of sequences. */
  static final Placement PLACEMENT = new Placement(0x1000_0000, 0x2000_0000);

  private static final Map<Arch, Emulator> RUNNING = new EnumMap<>(Arch.class);

  /**
   * What code finds.
   *
   * @param target what it is compiled for
   * @param cpuId the thread's CPU number
   * @param mmCid its other index
   * @param stride the second argument
   * @param heldAt the injection point at which it is held until it is aborted, or 0
   * @param guard that of the area
   */
  record Setting(Target target, int cpuId, int mmCid, long stride, int heldAt, int guard) {
    /** A setting of a thread that is registered, whether the area is guarded or not. */
    Setting(Target target, int cpuId, int mmCid, long stride, int heldAt) {
      this(target, cpuId, mmCid, stride, heldAt, target.indices());
    }
  }

  /**
   * What a run has left, beside memory.
   *
   * @param result what the code has returned
   * @param arrivedAt the injection point at which it was held, or 0
   * @param restarts how often it was aborted
   */
  record Run(long result, long arrivedAt, long restarts) {}

  private final Processor processor;
  private final OutputStream requests;
  private final DataInputStream answers;
  private final int near;
  private final int far;

  private Emulator(Processor processor, Process process) throws IOException {
    this.processor = processor;
    requests = new BufferedOutputStream(process.getOutputStream());
    answers = new DataInputStream(new BufferedInputStream(process.getInputStream()));
    near = Math.toIntExact(getLong());
    far = Math.toIntExact(getLong());
  }

  /** Returns an area a few bytes above the thread pointer. */
  int near() {
    return near;
  }

  /** Returns an area far below the thread pointer. */
  int far() {
    return far;
  }

  /** Returns the emulator of a processor, or aborts the test with the reason if there is none. */
  static synchronized Emulator of(Processor processor) {
    return RUNNING.computeIfAbsent(processor.arch(), _ -> start(processor));
  }

  private static Emulator start(Processor processor) {
    String name = processor.arch().name().toLowerCase(Locale.ROOT);
    String gcc = name + "-linux-gnu-gcc";
    try {
      Path directory = Files.createTempDirectory("emulator");
      Path source = directory.resolve("runner.c");
      Path program = directory.resolve("runner");
      try (InputStream text = Emulator.class.getResourceAsStream("runner.c")) {
        Files.copy(Objects.requireNonNull(text), source);
      }
      Process compiler =
          new ProcessBuilder(gcc, "-static", "-O1", "-o", "" + program, "" + source)
              .inheritIO()
              .start();
      if (compiler.onExit().join().exitValue() != 0) {
        return abort(gcc + " cannot compile runner.c");
      }
      Process process =
          new ProcessBuilder("qemu-" + name, program.toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
      return new Emulator(processor, process);
    } catch (IOException e) {
      return abort("no code of %s can be run here: %s".formatted(name, e.getMessage()));
    }
  }

  @Override
  public long run(Sequence sequence, MemorySegment slice, Object... arguments) {
    Target target = new Target(near, 1, false);
    Setting setting = new Setting(target, 0, 0, slice.byteSize(), 0);
    return run(Program.of(sequence), setting, slice, arguments).result;
  }

  /** Runs a program on slices, which it leaves changed, as it does the memory among arguments. */
  Run run(Program program, Setting setting, MemorySegment slices, Object... arguments) {
    return run(
        SequenceCompiler.compile(processor, program, setting.target, PLACEMENT),
        setting,
        slices,
        arguments);
  }

  /** Runs a function; where there are no slices its first argument is its own address. */
  synchronized Run run(
      AssembledCode code, Setting setting, MemorySegment slices, Object... arguments) {
    List<MemorySegment> memory = new ArrayList<>(List.of(slices));
    ByteArrayOutputStream words = new ByteArrayOutputStream();
    int count = 0;
    for (Object argument : arguments) {
      if (argument instanceof MemorySegment segment) {
        memory.add(segment);
        put(words, segment.byteSize());
        words.writeBytes(segment.toArray(ValueLayout.JAVA_BYTE));
        count++;
      }
      put(words, -1);
      put(words, argument instanceof MemorySegment each ? each.byteSize() : (long) argument);
      count++;
    }
    try {
      put(requests, code.bytes().length);
      put(requests, setting.target.area());
      put(requests, setting.cpuId);
      put(requests, setting.mmCid);
      put(requests, setting.heldAt);
      put(requests, setting.guard);
      put(requests, slices.byteSize());
      put(requests, setting.stride);
      put(requests, count);
      requests.write(code.bytes());
      requests.write(slices.toArray(ValueLayout.JAVA_BYTE));
      requests.write(words.toByteArray());
      requests.flush();
      assertThat(getLong()).as("the memory around slices and arguments is intact").isEqualTo(1);
      Run run = new Run(getLong(), getLong(), getLong());
      for (MemorySegment each : memory) {
        get(each);
      }
      return run;
    } catch (IOException e) {
      throw new UncheckedIOException(code.listing(), e);
    }
  }

  private static void put(OutputStream out, long number) {
    try {
      for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
        out.write((int) (number >>> shift));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
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
