package io.github.rseq4j.internal.link;

import io.github.rseq4j.internal.compile.Processor;
import io.github.rseq4j.internal.compile.a64.A64;
import io.github.rseq4j.internal.compile.rv64.Rv64;
import io.github.rseq4j.internal.compile.x64.X64;
import io.github.rseq4j.internal.linux.Arch;
import java.util.List;
import java.util.Optional;

/** The processors that sequences can be compiled for. */
public final class Processors {
  private static final List<Processor> ALL = List.of(new X64(), new A64(), new Rv64());

  private Processors() {}

  /** Returns the processor of an architecture, if there is a backend for it. */
  public static Optional<Processor> of(Arch arch) {
    return ALL.stream().filter(processor -> processor.arch() == arch).findFirst();
  }
}
