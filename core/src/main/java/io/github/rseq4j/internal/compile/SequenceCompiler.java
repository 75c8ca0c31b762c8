package io.github.rseq4j.internal.compile;

import io.github.rseq4j.internal.asm.AssembledCode;
import io.github.rseq4j.internal.asm.Assembler;
import io.github.rseq4j.internal.asm.Label;
import io.github.rseq4j.internal.linux.RseqAbi;
import io.github.rseq4j.sequence.Commit;
import io.github.rseq4j.sequence.Exit;
import io.github.rseq4j.sequence.Operand;
import io.github.rseq4j.sequence.Program;
import io.github.rseq4j.sequence.Sequence;
import io.github.rseq4j.sequence.Step;
import io.github.rseq4j.sequence.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Compiles programs: the shape of the code, which is the same for every processor. */
public final class SequenceCompiler {
  /*
   * The shape of the code
   *
   *   entry:    save registers
   *             slice = base
   *   restart:  rseq_cs = &descriptor            arms the sequence
   *   start:    index, bounds check, slice = base + index * stride
   *             the steps
   *             the last commit                  one instruction
   *   post:     result, return
   *             further exits
   *             signature
   *   abort:    restarts++ ; slice = base ; goto restart
   *             descriptors
   *
   * The kernel moves a thread to `abort` if it was preempted, migrated or signalled between start
   * and post, so the commit either is the last thing that happened on this CPU or did not happen.
   * Code behind `post` may run anywhere.
   *
   * A commit that is not the last in the code lies between start and post, so with that descriptor
   * an abort right after it would run the sequence a second time. It therefore gets a descriptor
   * of its own, armed immediately before it, whose range ends with it:
   *
   *             rseq_cs = &descriptor1           up to here the first range protects
   *   start1:   the commit                       from here the second one does
   *   post1:    result, return                   nothing does, nor needs to
   *
   * There is no gap: the store to rseq_cs is one instruction, inside the first range, and the next
   * instruction is inside the second.
   *
   * In a program of several sequences, `post` of each but the last goes on with the next one, which
   * has a restart, descriptors and an abort of its own: what has committed stays so.
   */

  private static final int CODE_ALIGNMENT = 16;

  private record Descriptor(Label at, Label start, Label post, Label abort) {}

  private record PendingExit(Label at, Exit exit) {}

  private final Program program;
  private final Target target;
  private final Placement placement;
  private final Lowering lowering;
  private final Assembler asm;
  private final List<Descriptor> descriptors = new ArrayList<>();
  private final List<Part> parts = new ArrayList<>();
  private final Set<String> names = new HashSet<>();
  private final Label outOfBounds;
  private int points;

  private SequenceCompiler(
      Processor processor, Program program, Target target, Placement placement) {
    this.program = program;
    this.target = target;
    this.placement = placement;
    this.lowering = processor.lower(program, target, placement);
    this.asm = lowering.assembler();
    this.outOfBounds = asm.newLabel("out_of_bounds");
  }

  /**
   * Compiles.
   *
   * @return the code, of the same size whatever the placement; it is entered at its first byte
   */
  public static AssembledCode compile(
      Processor processor, Program program, Target target, Placement placement) {
    SequenceCompiler compiler = new SequenceCompiler(processor, program, target, placement);
    compiler.emit();
    return compiler.asm.finish();
  }

  /**
   * Returns how many injection points a program has, numbered from 1 in the order of the code: one
   * before each step but the labels, and one more between arming and each commit that is not the
   * last step of its sequence.
   */
  public static int injectionPoints(Program program) {
    int points = 0;
    for (Sequence sequence : program.sequences()) {
      points--; // the last commit has one point only
      for (Step step : sequence.steps()) {
        points += step instanceof Step.Land ? 0 : step instanceof Commit ? 2 : 1;
      }
    }
    return points;
  }

  /** Returns how many bytes the descriptors of a program are, with which its code ends. */
  public static int descriptorBytes(Program program) {
    long commits =
        program.sequences().stream()
            .flatMap(sequence -> sequence.steps().stream())
            .filter(Commit.class::isInstance)
            .count();
    return Math.toIntExact(commits * RseqAbi.DESCRIPTOR_SIZE);
  }

  private void emit() {
    asm.note("entry");
    lowering.enter();
    program.sequences().forEach(sequence -> new Part(sequence, parts.size()).emit());
    parts.forEach(Part::emitExits);
    leave(outOfBounds, Exit.OUT_OF_BOUNDS);
    parts.forEach(part -> leave(part.unregistered, Exit.unregistered(part.number)));
    parts.forEach(Part::emitAbort);
    lowering.finish();
    emitDescriptors();
  }

  private void leave(Label at, long result) {
    asm.bind(at);
    asm.note("exit " + at);
    lowering.leave(result);
  }

  private void leave(Exit exit) {
    switch (exit.result()) {
      case Operand.Constant(long number) -> lowering.leave(number);
      case Value value -> lowering.leave(value);
    }
  }

  private void emitDescriptors() {
    for (Descriptor descriptor : descriptors) {
      asm.note("descriptor: version and flags, start, length, abort");
      asm.align(RseqAbi.DESCRIPTOR_ALIGNMENT);
      asm.bind(descriptor.at);
      asm.int64(0);
      asm.int64(placement.code() + descriptor.start.offset());
      asm.int64(descriptor.post.offset() - descriptor.start.offset());
      asm.int64(placement.code() + descriptor.abort.offset());
    }
    asm.align(CODE_ALIGNMENT);
  }

  private Label newLabel(String name) {
    String unique = name;
    for (int i = 2; !names.add(unique); i++) {
      unique = name + i;
    }
    return asm.newLabel(unique);
  }

  /** One sequence of the program. */
  private final class Part implements Exits {
    private final Sequence sequence;
    private final int number;
    private final Label restart = newLabel("restart");
    private final Label abort = newLabel("abort");
    private final Label unregistered = newLabel("unregistered");
    private final Label end = newLabel("end");
    private final List<PendingExit> exits = new ArrayList<>();
    private final Map<io.github.rseq4j.sequence.Label, Label> skips = new HashMap<>();

    Part(Sequence sequence, int number) {
      this.sequence = sequence;
      this.number = number;
      parts.add(this);
    }

    void emit() {
      lowering.use(sequence);
      if (number > 0) {
        lowering.restoreBase();
      }
      asm.bind(restart);
      asm.note("arm");
      Descriptor whole = arm();
      asm.note("index, slice");
      lowering.index(this);
      List<Step> steps = sequence.steps();
      for (int i = 0; i < steps.size(); i++) {
        Step step = steps.get(i);
        if (!(step instanceof Step.Land)) {
          emitInjectionPoint();
        }
        String note = "%d  %s".formatted(i, step);
        asm.note(note);
        lowering.steps().lower(step, this);
        if (step instanceof Commit commit) {
          emitCommit(commit, note, i == steps.size() - 1 ? whole : null);
        }
      }
      if (!isLast()) {
        asm.bind(end);
        asm.note("then " + program.sequences().get(number + 1).name());
      }
    }

    /**
     * Emits a commit; {@code armed} is the descriptor that protects it, or null for one of its own.
     */
    private void emitCommit(Commit commit, String note, @Nullable Descriptor armed) {
      Descriptor descriptor = armed;
      if (descriptor == null) {
        descriptor = arm();
        emitInjectionPoint();
        asm.note(note);
      }
      lowering.steps().commit(commit);
      asm.bind(descriptor.post);
      if (isLast()) {
        leave(commit.exit());
      } else if (armed == null) {
        lowering.jump(end);
      }
    }

    private boolean isLast() {
      return number == program.sequences().size() - 1;
    }

    /** Arms a new descriptor, whose range starts here. */
    private Descriptor arm() {
      Descriptor descriptor =
          new Descriptor(newLabel("descriptor"), newLabel("start"), newLabel("post"), abort);
      descriptors.add(descriptor);
      lowering.arm(descriptor.at);
      asm.bind(descriptor.start);
      return descriptor;
    }

    private void emitInjectionPoint() {
      if (target.injection()) {
        points++;
        asm.note("injection point " + points);
        lowering.injectionPoint(points, this);
      }
    }

    void emitAbort() {
      asm.note("signature");
      lowering.signature();
      asm.bind(abort);
      asm.note("abort");
      lowering.countRestart();
      lowering.restoreBase();
      lowering.jump(restart);
    }

    void emitExits() {
      lowering.use(sequence);
      for (PendingExit pending : exits) {
        asm.bind(pending.at);
        asm.note("exit " + pending.exit);
        leave(pending.exit);
      }
    }

    @Override
    public Label exit(Exit exit) {
      Label at = newLabel("exit_" + exit.name());
      exits.add(new PendingExit(at, exit));
      return at;
    }

    @Override
    public Label outOfBounds() {
      return outOfBounds;
    }

    @Override
    public Label unregistered() {
      return unregistered;
    }

    @Override
    public Label skip(io.github.rseq4j.sequence.Label label) {
      return skips.computeIfAbsent(label, key -> newLabel("skip_" + key));
    }

    @Override
    public Label fresh(String name) {
      return newLabel(name);
    }
  }
}
