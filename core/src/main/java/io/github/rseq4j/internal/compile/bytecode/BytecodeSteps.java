package io.github.rseq4j.internal.compile.bytecode;

import io.github.rseq4j.sequence.Address;
import io.github.rseq4j.sequence.CallerMemory;
import io.github.rseq4j.sequence.Commit;
import io.github.rseq4j.sequence.Condition;
import io.github.rseq4j.sequence.Exit;
import io.github.rseq4j.sequence.Operand;
import io.github.rseq4j.sequence.Operand.Constant;
import io.github.rseq4j.sequence.Operation;
import io.github.rseq4j.sequence.Parameter;
import io.github.rseq4j.sequence.Sequence;
import io.github.rseq4j.sequence.Step;
import io.github.rseq4j.sequence.Transfer;
import io.github.rseq4j.sequence.Value;
import io.github.rseq4j.sequence.Width;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Lowers the steps of one sequence to the body of one method. */
final class BytecodeSteps {
  /*
   * The method is
   *
   *   static long sequenceN(MemorySegment memory, long start, long stride, long base, words...)
   *
   * Addresses count from `base` in `memory`; each value is a local variable. Exits are at the end
   * of the code, as in machine code, so that the path to the commit is straight.
   */

  static final int MEMORY = 0;
  static final int START = 1;
  static final int STRIDE = 3;
  static final int BASE = 5;
  static final int PARAMETERS = 7;

  private static final ClassDesc ACCESS = ClassDesc.of(Access.class.getName());
  private static final ClassDesc LONG = ConstantDescs.CD_Long;
  private static final MethodTypeDesc LONG_TO_DOUBLE =
      MethodTypeDesc.of(ConstantDescs.CD_double, ConstantDescs.CD_long);
  private static final MethodTypeDesc DOUBLE_TO_LONG =
      MethodTypeDesc.of(ConstantDescs.CD_long, ConstantDescs.CD_double);
  private static final ClassDesc DOUBLE = ConstantDescs.CD_Double;
  private static final MethodTypeDesc LONGS_TO_LONG =
      MethodTypeDesc.of(ConstantDescs.CD_long, ConstantDescs.CD_long, ConstantDescs.CD_long);
  private static final MethodTypeDesc LONGS_TO_INT =
      MethodTypeDesc.of(ConstantDescs.CD_int, ConstantDescs.CD_long, ConstantDescs.CD_long);
  private static final MethodTypeDesc LOAD =
      MethodTypeDesc.of(ConstantDescs.CD_long, BytecodeCompiler.SEGMENT, ConstantDescs.CD_long);
  private static final MethodTypeDesc STORE =
      MethodTypeDesc.of(
          ConstantDescs.CD_void,
          BytecodeCompiler.SEGMENT,
          ConstantDescs.CD_long,
          ConstantDescs.CD_long);
  private static final MethodTypeDesc COPY =
      MethodTypeDesc.of(
          ConstantDescs.CD_void,
          BytecodeCompiler.SEGMENT,
          ConstantDescs.CD_long,
          BytecodeCompiler.SEGMENT,
          ConstantDescs.CD_long);

  private record PendingExit(Label at, Exit exit) {}

  private final CodeBuilder code;
  private final Sequence sequence;
  private final Notes notes;
  private final @Nullable Runnable next;
  private final Map<Parameter, Integer> slots = new HashMap<>();
  private final Map<io.github.rseq4j.sequence.Label, Label> skips = new HashMap<>();
  private final List<PendingExit> exits = new ArrayList<>();
  private @Nullable Label outOfBounds;

  /**
   * Makes the lowering of a sequence.
   *
   * @param next emits the call that goes on with the program after a commit, and leaves its result
   *     on the stack; null if there is nothing more
   */
  BytecodeSteps(CodeBuilder code, Sequence sequence, Notes notes, @Nullable Runnable next) {
    this.code = code;
    this.sequence = sequence;
    this.notes = notes;
    this.next = next;
  }

  void emit() {
    notes.variable(MEMORY, "memory");
    notes.variable(START, "start");
    notes.variable(STRIDE, "stride");
    notes.variable(BASE, "base");
    int slot = PARAMETERS;
    for (Parameter parameter : sequence.parameters()) {
      keep(parameter, slot);
      slot += BytecodeCompiler.slots(parameter);
    }
    for (Parameter parameter : sequence.parameters()) {
      if (parameter instanceof CallerMemory memory) {
        notes.note(code, "size of " + memory);
        code.aload(slot(memory));
        code.invokeinterface(
            BytecodeCompiler.SEGMENT, "byteSize", MethodTypeDesc.of(ConstantDescs.CD_long));
        set(memory.size());
      }
    }
    List<Step> steps = sequence.steps();
    for (int i = 0; i < steps.size(); i++) {
      if (steps.get(i) instanceof Step.Land land) {
        notes.bind(code, skip(land.label()), "skip_" + land.label());
      } else {
        notes.note(code, "%d  %s".formatted(i, steps.get(i)));
        step(steps.get(i));
      }
    }
    for (PendingExit pending : exits) {
      notes.bind(code, pending.at, "exit_" + pending.exit.name());
      notes.note(code, "exit " + pending.exit);
      leave(pending.exit);
    }
    if (outOfBounds != null) {
      notes.bind(code, outOfBounds, "out_of_bounds");
      notes.note(code, "exit out_of_bounds");
      code.loadConstant(Exit.OUT_OF_BOUNDS).lreturn();
    }
  }

  private void step(Step step) {
    switch (step) {
      case Step.Load load -> load(load);
      case Step.Store store -> {
        checkIndex(store.to(), store.width().bytes());
        store("store", store.width(), store.to(), store.value());
      }
      case Step.Compute compute -> compute(compute);
      case Step.LeadingZeros zeros -> {
        push(zeros.value());
        code.invokestatic(
            LONG,
            "numberOfLeadingZeros",
            MethodTypeDesc.of(ConstantDescs.CD_int, ConstantDescs.CD_long));
        code.i2l();
        set(zeros.result());
      }
      case Step.SliceOffset offset -> {
        code.lload(START);
        set(offset.result());
      }
      case Step.ExitIf exitIf -> {
        Label at = code.newLabel();
        exits.add(new PendingExit(at, exitIf.exit()));
        branchIf(exitIf.left(), exitIf.condition(), exitIf.right(), at);
      }
      case Step.SkipIf skipIf ->
          branchIf(skipIf.left(), skipIf.condition(), skipIf.right(), skip(skipIf.target()));
      case Step.Land _ -> throw new AssertionError("a label is no code");
      case Step.StoreOut storeOut -> storeOut(storeOut);
      case Transfer transfer -> transfer(transfer);
      case Commit commit -> commit(commit);
    }
  }

  private void load(Step.Load load) {
    checkIndex(load.from(), load.width().bytes());
    code.aload(MEMORY);
    pushAddress(load.from());
    access((load.acquire() ? "loadAcquire" : "load") + load.width().bits(), LOAD);
    set(load.result());
  }

  private void store(String name, Width width, Address to, Operand value) {
    code.aload(MEMORY);
    pushAddress(to);
    push(value);
    access(name + width.bits(), STORE);
  }

  private void storeOut(Step.StoreOut store) {
    code.loadConstant((long) store.displacement() + Long.BYTES);
    push(store.to().size());
    code.lcmp().ifgt(outOfBounds());
    code.aload(slot(store.to()));
    code.loadConstant((long) store.displacement());
    push(store.value());
    access("store64", STORE);
  }

  /** The interpreter checks in the same order: the bound, the caller's memory, the slice. */
  private void transfer(Transfer transfer) {
    push(transfer.length());
    code.loadConstant((long) transfer.limit());
    code.invokestatic(LONG, "compareUnsigned", LONGS_TO_INT);
    code.ifgt(outOfBounds());
    push(transfer.length());
    push(transfer.memory().size());
    code.lcmp().ifgt(outOfBounds());
    Address address = transfer.address();
    if (address.index() != null) {
      push(address.index());
      code.lload(STRIDE).loadConstant((long) address.displacement()).lsub();
      push(transfer.length());
      code.lsub();
      code.invokestatic(LONG, "compareUnsigned", LONGS_TO_INT);
      code.ifgt(outOfBounds());
    }
    code.aload(MEMORY);
    pushAddress(address);
    code.aload(slot(transfer.memory()));
    push(transfer.length());
    access(
        switch (transfer) {
          case Transfer.Copy _ -> "copyIn";
          case Transfer.CopyOut _ -> "copyOut";
        },
        COPY);
  }

  /**
   * A commit is a release store whatever was asked for: readers take no lock, and release is what
   * compiled Java code has for one store that is not torn.
   */
  private void commit(Commit commit) {
    switch (commit) {
      case Commit.Store store -> {
        checkIndex(store.to(), store.extent());
        store("storeRelease", store.width(), store.to(), store.value());
      }
      case Commit.Add add -> {
        checkIndex(add.to(), add.extent());
        store("addRelease", Width.BITS_64, add.to(), add.value());
      }
    }
    if (next == null) {
      leave(commit.exit());
    } else {
      next.run();
      code.lreturn();
    }
  }

  private void compute(Step.Compute compute) {
    switch (compute.operation()) {
      case SHIFT_LEFT, SHIFT_RIGHT, SHIFT_RIGHT_SIGNED -> {
        push(compute.left());
        pushInt(compute.right());
      }
      case ADD_DOUBLE -> {
        pushDouble(compute.left());
        pushDouble(compute.right());
      }
      default -> {
        push(compute.left());
        push(compute.right());
      }
    }
    operate(compute.operation());
    set(compute.result());
  }

  private void operate(Operation operation) {
    switch (operation) {
      case ADD -> code.ladd();
      case SUBTRACT -> code.lsub();
      case AND -> code.land();
      case OR -> code.lor();
      case XOR -> code.lxor();
      case SHIFT_LEFT -> code.lshl();
      case SHIFT_RIGHT -> code.lushr();
      case SHIFT_RIGHT_SIGNED -> code.lshr();
      case MIN -> code.invokestatic(ClassDesc.of("java.lang.Math"), "min", LONGS_TO_LONG);
      case MAX -> code.invokestatic(ClassDesc.of("java.lang.Math"), "max", LONGS_TO_LONG);
      case ADD_DOUBLE -> code.dadd().invokestatic(DOUBLE, "doubleToRawLongBits", DOUBLE_TO_LONG);
    }
  }

  private void branchIf(Value left, Condition condition, Operand right, Label target) {
    push(left);
    push(right);
    switch (condition) {
      case EQUAL, NOT_EQUAL -> code.lcmp();
      case BELOW, AT_MOST, ABOVE, AT_LEAST ->
          code.invokestatic(LONG, "compareUnsigned", LONGS_TO_INT);
    }
    switch (condition) {
      case EQUAL -> code.ifeq(target);
      case NOT_EQUAL -> code.ifne(target);
      case BELOW -> code.iflt(target);
      case AT_MOST -> code.ifle(target);
      case ABOVE -> code.ifgt(target);
      case AT_LEAST -> code.ifge(target);
    }
  }

  /**
   * Leaves if an index is larger, unsigned, than that of the last place in the slice where {@code
   * bytes} bytes have room. There is one, since the constant part is inside the slice.
   */
  private void checkIndex(Address address, int bytes) {
    if (address.index() != null) {
      push(address.index());
      code.lload(STRIDE).loadConstant((long) address.displacement() + bytes).lsub();
      if (address.scale() > 1) {
        code.loadConstant(Integer.numberOfTrailingZeros(address.scale())).lshr();
      }
      code.invokestatic(LONG, "compareUnsigned", LONGS_TO_INT);
      code.ifgt(outOfBounds());
    }
  }

  private void pushAddress(Address address) {
    code.lload(BASE);
    if (address.displacement() != 0) {
      code.loadConstant((long) address.displacement()).ladd();
    }
    if (address.index() != null) {
      push(address.index());
      if (address.scale() > 1) {
        code.loadConstant(Integer.numberOfTrailingZeros(address.scale())).lshl();
      }
      code.ladd();
    }
  }

  private void leave(Exit exit) {
    push(exit.result());
    if (exit.result() instanceof Value) {
      code.loadConstant(Long.MAX_VALUE).land();
    }
    code.lreturn();
  }

  private void push(Operand operand) {
    switch (operand) {
      case Constant(long number) -> code.loadConstant(number);
      case Value value -> code.lload(slot(value));
    }
  }

  private void pushInt(Operand operand) {
    switch (operand) {
      case Constant(long number) -> code.loadConstant((int) number);
      case Value value -> code.lload(slot(value)).l2i();
    }
  }

  private void pushDouble(Operand operand) {
    push(operand);
    code.invokestatic(DOUBLE, "longBitsToDouble", LONG_TO_DOUBLE);
  }

  private void set(Value value) {
    keep(value, code.allocateLocal(TypeKind.LONG));
    code.lstore(slot(value));
  }

  private void keep(Parameter parameter, int slot) {
    slots.put(parameter, slot);
    notes.variable(slot, parameter.toString());
  }

  private int slot(Parameter parameter) {
    Integer slot = slots.get(parameter);
    if (slot == null) {
      throw new IllegalStateException(parameter + " is not set"); // the verifier sees to it
    }
    return slot;
  }

  private Label skip(io.github.rseq4j.sequence.Label label) {
    return skips.computeIfAbsent(label, _ -> code.newLabel());
  }

  private Label outOfBounds() {
    if (outOfBounds == null) {
      outOfBounds = code.newLabel();
    }
    return outOfBounds;
  }

  private void access(String name, MethodTypeDesc type) {
    code.invokestatic(ACCESS, name, type);
  }
}
