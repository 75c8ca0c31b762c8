package io.github.rseq4j.sequence;

import java.util.List;

/**
 * Sequences that follow one another in one call, each atomic by itself.
 *
 * <p>All take the same arguments. Each begins when the one before it has committed, perhaps on
 * another CPU, since a thread can be moved between them; a sequence that leaves without a commit
 * ends the program. The result is that of the last sequence that ran.
 *
 * <pre>{@code
 * static final Program RECORD = Program.of("record", COUNT, SUM, MAXIMUM);
 * }</pre>
 */
public final class Program {
  /** How many sequences a program may have. */
  public static final int MAX_SEQUENCES = 16;

  private final String name;
  private final List<Sequence> sequences;

  private Program(String name, List<Sequence> sequences) {
    this.name = name;
    this.sequences = List.copyOf(sequences);
  }

  /** Makes a program of one sequence, with its name. */
  public static Program of(Sequence sequence) {
    return new Program(sequence.name(), List.of(sequence));
  }

  /**
   * Makes a program.
   *
   * @param name the name in listings
   * @param sequences 1 to {@value #MAX_SEQUENCES} sequences, all of the same index, whose
   *     parameters are of the same kinds in the same order; names do not matter
   * @throws SequenceException if they are not
   */
  public static Program of(String name, Sequence... sequences) {
    if (sequences.length < 1 || sequences.length > MAX_SEQUENCES) {
      throw new SequenceException(name, 0, Rule.PROGRAM_LENGTH, sequences.length + " sequences");
    }
    Program program = new Program(name, List.of(sequences));
    for (Sequence sequence : sequences) {
      if (sequence.index() != program.index() || !kinds(sequence).equals(kinds(sequences[0]))) {
        throw new SequenceException(name, 0, Rule.SAME_PARAMETERS, sequence.name());
      }
    }
    return program;
  }

  /** Returns this program with another index. */
  public Program indexedBy(IndexKind kind) {
    return new Program(name, sequences.stream().map(each -> each.indexedBy(kind)).toList());
  }

  /** Returns the name. */
  public String name() {
    return name;
  }

  /** Returns what selects the slice. */
  public IndexKind index() {
    return sequences.getFirst().index();
  }

  /** Returns the sequences in order. */
  public List<Sequence> sequences() {
    return sequences;
  }

  /**
   * Returns the rest of this program.
   *
   * @param first the number of the sequence that it begins with, from 0
   */
  public Program from(int first) {
    return first == 0 ? this : new Program(name, sequences.subList(first, sequences.size()));
  }

  /** Returns the parameters in order, as the first sequence names them. */
  public List<Parameter> parameters() {
    return sequences.getFirst().parameters();
  }

  /** Returns the smallest slice, in bytes, that holds every constant part of its addresses. */
  public int minimumSlice() {
    return sequences.stream().mapToInt(Sequence::minimumSlice).max().orElseThrow();
  }

  /**
   * Checks that this program can run on slices of a size.
   *
   * @param bytes the size of each slice
   * @throws SequenceException naming the step whose constant address would be outside
   */
  public void requireFits(long bytes) {
    sequences.forEach(sequence -> sequence.requireFits(bytes));
  }

  /** Returns the sequences, one step a line. */
  @Override
  public String toString() {
    if (sequences.size() == 1) {
      return sequences.getFirst().toString();
    }
    StringBuilder text = new StringBuilder(name).append(": ");
    text.append(String.join(", then ", sequences.stream().map(Sequence::name).toList()));
    sequences.forEach(sequence -> text.append("\n\n").append(sequence));
    return text.toString();
  }

  private static List<String> kinds(Sequence sequence) {
    return sequence.parameters().stream().map(each -> each.getClass().getSimpleName()).toList();
  }
}
