package io.github.rseq4j.stress.torture;

import static io.github.rseq4j.sequence.LibrseqSequences.LOAD_ADD_LOAD_LOAD_ADD_STORE;
import static io.github.rseq4j.sequence.LibrseqSequences.LOAD_ADD_STORE;
import static io.github.rseq4j.sequence.LibrseqSequences.LOAD_CBEQ_STORE_ADD_LOAD_STORE;
import static io.github.rseq4j.sequence.LibrseqSequences.LOAD_CBNE_LOAD_CBNE_STORE;
import static io.github.rseq4j.sequence.LibrseqSequences.LOAD_CBNE_MEMCPY_OUT_STORE;
import static io.github.rseq4j.sequence.LibrseqSequences.LOAD_CBNE_MEMCPY_OUT_STORE_RELEASE;
import static io.github.rseq4j.sequence.LibrseqSequences.LOAD_CBNE_MEMCPY_STORE;
import static io.github.rseq4j.sequence.LibrseqSequences.LOAD_CBNE_MEMCPY_STORE_RELEASE;
import static io.github.rseq4j.sequence.LibrseqSequences.LOAD_CBNE_STORE;
import static io.github.rseq4j.sequence.LibrseqSequences.LOAD_CBNE_STORE_STORE;
import static io.github.rseq4j.sequence.LibrseqSequences.LOAD_CBNE_STORE_STORE_RELEASE;

import io.github.rseq4j.internal.compile.SequenceCompiler;
import io.github.rseq4j.internal.rseq.InjectedProgram;
import io.github.rseq4j.sequence.IndexKind;
import io.github.rseq4j.sequence.Program;
import io.github.rseq4j.sequence.Sequence;
import java.util.List;

/** The workloads, those of librseq's {@code param_test}, and the sequences each consists of. */
enum Suite {
  /** {@link Spinlock}. */
  SPINLOCK("spinlock"),
  /** {@link LinkedItems}. */
  LIST("list"),
  /** {@link WordBuffer}. */
  BUFFER("buffer"),
  /** {@link WordBuffer} with release. */
  BUFFER_RELEASE("buffer, release"),
  /** {@link RecordBuffer}. */
  MEMCPY("memcpy"),
  /** {@link RecordBuffer} with release. */
  MEMCPY_RELEASE("memcpy, release"),
  /** {@link Increment}. */
  INCREMENT("increment"),
  /** {@link Fence}. */
  FENCE("fence");

  private final String title;

  Suite(String title) {
    this.title = title;
  }

  private List<Sequence> sequences() {
    return switch (this) {
      case SPINLOCK -> List.of(LOAD_CBNE_STORE);
      case LIST -> List.of(LOAD_CBNE_STORE_STORE, LOAD_CBEQ_STORE_ADD_LOAD_STORE);
      case BUFFER -> List.of(LOAD_CBNE_STORE_STORE, LOAD_CBNE_LOAD_CBNE_STORE);
      case BUFFER_RELEASE -> List.of(LOAD_CBNE_STORE_STORE_RELEASE, LOAD_CBNE_LOAD_CBNE_STORE);
      case MEMCPY -> List.of(LOAD_CBNE_MEMCPY_STORE, LOAD_CBNE_MEMCPY_OUT_STORE);
      case MEMCPY_RELEASE ->
          List.of(LOAD_CBNE_MEMCPY_STORE_RELEASE, LOAD_CBNE_MEMCPY_OUT_STORE_RELEASE);
      case INCREMENT -> List.of(LOAD_ADD_STORE);
      case FENCE -> List.of(LOAD_ADD_LOAD_LOAD_ADD_STORE);
    };
  }

  /** Returns how many injection points each of the sequences has. */
  int[] points() {
    return sequences().stream()
        .mapToInt(sequence -> SequenceCompiler.injectionPoints(Program.of(sequence)))
        .toArray();
  }

  /** Links the sequences, with injection points. */
  List<InjectedProgram> link(IndexKind index) {
    return sequences().stream()
        .map(sequence -> InjectedProgram.link(Program.of(sequence.indexedBy(index))))
        .toList();
  }

  /** Makes the workload on memory of its own. */
  Workload create(IndexKind index, List<InjectedProgram> programs) {
    return switch (this) {
      case SPINLOCK -> new Spinlock(index, programs);
      case LIST -> new LinkedItems(index, programs);
      case BUFFER, BUFFER_RELEASE -> new WordBuffer(index, programs);
      case MEMCPY, MEMCPY_RELEASE -> new RecordBuffer(index, programs);
      case INCREMENT -> new Increment(index, programs);
      case FENCE -> new Fence(index, programs);
    };
  }

  @Override
  public String toString() {
    return title;
  }
}
