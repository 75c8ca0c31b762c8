package io.github.rseq4j.internal.compile.a64;

import static io.github.rseq4j.internal.compile.a64.Insn.*;

import io.github.rseq4j.internal.asm.Assembler;
import io.github.rseq4j.internal.asm.Imm;
import io.github.rseq4j.internal.asm.Label;
import io.github.rseq4j.internal.compile.Exits;
import io.github.rseq4j.internal.compile.Lowering;
import io.github.rseq4j.sequence.Address;
import io.github.rseq4j.sequence.Commit;
import io.github.rseq4j.sequence.Condition;
import io.github.rseq4j.sequence.Operand;
import io.github.rseq4j.sequence.Operation;
import io.github.rseq4j.sequence.Step;
import io.github.rseq4j.sequence.Transfer;
import io.github.rseq4j.sequence.Value;
import io.github.rseq4j.sequence.Width;
import java.util.stream.Stream;

/**
 * Lowers each step to AArch64 instructions.
 *
 * <p>A load that acquires is {@code ldar}, a commit that releases is {@code stlr} (Arm Architecture
 * Reference Manual, B2.3.11); all other accesses are plain.
 */
final class A64Steps implements Lowering.Steps {
  private static final Vec BLOCK = Vec.V0;
  private static final Vec LEFT = Vec.V0;
  private static final Vec RIGHT = Vec.V1;
  private static final int BLOCK_BYTES = 16;
  private static final int WORD_BYTES = 8;

  /** The instructions that load or store one width. */
  private record Forms(Insn scaled, Insn unscaled, Insn indexed, Insn ordered) {
    boolean reaches(Mem memory) {
      return plain(memory).findAny().isPresent();
    }

    Insn at(Mem memory) {
      return plain(memory).findFirst().orElseThrow();
    }

    private Stream<Insn> plain(Mem memory) {
      return Stream.of(scaled, unscaled, indexed).filter(each -> each.takes(Reg.X0, memory));
    }
  }

  private final A64Lowering lowering;
  private final Constants constants;
  private final Assembler asm;

  A64Steps(A64Lowering lowering, Constants constants) {
    this.lowering = lowering;
    this.constants = constants;
    this.asm = lowering.assembler();
  }

  @Override
  public void lower(Step step, Exits exits) {
    switch (step) {
      case Step.Load load -> {
        checkBounds(load.from(), load.extent(), exits);
        access(loads(load.width()), load.acquire(), register(load.result()), load.from());
      }
      case Step.Store store -> {
        checkBounds(store.to(), store.extent(), exits);
        access(stores(store.width()), false, inRegister(store.value()), store.to());
      }
      case Step.Compute compute -> compute(compute);
      case Step.LeadingZeros zeros ->
          asm.emit(CLZ_X_X, register(zeros.result()), register(zeros.value()));
      case Step.SliceOffset offset ->
          asm.emit(SUB_X_X_X, register(offset.result()), A64Lowering.SLICE, A64Lowering.BASE);
      case Step.ExitIf exitIf -> {
        compare(exitIf.left(), exitIf.right());
        asm.emit(B_COND, cond(exitIf.condition()), exits.exit(exitIf.exit()));
      }
      case Step.SkipIf skip -> {
        compare(skip.left(), skip.right());
        asm.emit(B_COND, cond(skip.condition()), exits.skip(skip.target()));
      }
      case Step.Land land -> asm.bind(exits.skip(land.label()));
      case Step.StoreOut store -> storeOut(store, exits);
      case Transfer transfer -> transfer(transfer, exits);
      case Commit commit -> checkBounds(commit.address(), commit.extent(), exits);
    }
  }

  /** Emits the commit; its last instruction is the store. */
  @Override
  public void commit(Commit step) {
    switch (step) {
      case Commit.Store commit ->
          access(stores(commit.width()), commit.release(), inRegister(commit.value()), commit.to());
      case Commit.Add commit -> {
        Reg sum = A64Lowering.SCRATCH;
        Mem to = memory(stores(Width.BITS_64), commit.to());
        asm.emit(loads(Width.BITS_64).at(to), sum, to);
        switch (commit.value()) {
          case Operand.Constant(long number) ->
              constants.add(sum, sum, number, A64Lowering.OPERAND);
          case Value value -> asm.emit(ADD_X_X_X, sum, sum, register(value));
        }
        asm.emit(stores(Width.BITS_64).at(to), sum, to);
      }
    }
  }

  private void access(Forms forms, boolean ordered, Reg register, Address at) {
    Mem memory = ordered ? Mem.at(address(at)) : memory(forms, at);
    asm.emit(ordered ? forms.ordered : forms.at(memory), register, memory);
  }

  /** Returns an address in a form that an access has, after computing what has to be. */
  private Mem memory(Forms forms, Address address) {
    Value index = address.index();
    if (index != null && address.displacement() == 0) {
      Mem indexed = Mem.at(A64Lowering.SLICE, register(index), shift(address));
      if (forms.reaches(indexed)) {
        return indexed;
      }
    }
    Reg base = elements(address);
    Mem near = Mem.at(base, address.displacement());
    return forms.reaches(near) ? near : Mem.at(displaced(base, address));
  }

  /** Returns a register with the address. */
  private Reg address(Address address) {
    return displaced(elements(address), address);
  }

  /** Returns a register with the address but for its displacement. */
  private Reg elements(Address address) {
    Value index = address.index();
    if (index == null) {
      return A64Lowering.SLICE;
    }
    Reg result = A64Lowering.ADDRESS;
    asm.emit(ADD_X_X_X_LSL, result, A64Lowering.SLICE, register(index), new Imm(shift(address)));
    return result;
  }

  private Reg displaced(Reg base, Address address) {
    if (address.displacement() == 0) {
      return base;
    }
    Reg result = A64Lowering.ADDRESS;
    constants.add(result, base, address.displacement(), A64Lowering.SCRATCH);
    return result;
  }

  private void compute(Step.Compute step) {
    Reg result = register(step.result());
    Reg left = register(step.left());
    if (step.right() instanceof Operand.Constant(long number)
        && withConstant(step.operation(), result, left, number)) {
      return;
    }
    Reg right = inRegister(step.right());
    switch (step.operation()) {
      case ADD -> asm.emit(ADD_X_X_X, result, left, right);
      case SUBTRACT -> asm.emit(SUB_X_X_X, result, left, right);
      case AND -> asm.emit(AND_X_X_X, result, left, right);
      case OR -> asm.emit(ORR_X_X_X, result, left, right);
      case XOR -> asm.emit(EOR_X_X_X, result, left, right);
      case SHIFT_LEFT -> asm.emit(LSL_X_X_X, result, left, right);
      case SHIFT_RIGHT -> asm.emit(LSR_X_X_X, result, left, right);
      case SHIFT_RIGHT_SIGNED -> asm.emit(ASR_X_X_X, result, left, right);
      case MIN -> select(result, left, right, Cond.LT);
      case MAX -> select(result, left, right, Cond.GT);
      case ADD_DOUBLE -> addDouble(result, left, right);
    }
  }

  private void select(Reg result, Reg left, Reg right, Cond ifLeft) {
    asm.emit(CMP_X_X, left, right);
    asm.emit(CSEL_X_X_X, result, left, right, ifLeft);
  }

  private void addDouble(Reg result, Reg left, Reg right) {
    asm.emit(FMOV_D_X, LEFT, left);
    asm.emit(FMOV_D_X, RIGHT, right);
    asm.emit(FADD_D_D_D, LEFT, LEFT, RIGHT);
    asm.emit(FMOV_X_D, result, LEFT);
  }

  /** Emits the form of an operation that contains its constant, if there is one. */
  private boolean withConstant(Operation operation, Reg result, Reg left, long number) {
    Imm immediate =
        new Imm(
            switch (operation) {
              case SHIFT_LEFT, SHIFT_RIGHT, SHIFT_RIGHT_SIGNED -> number & (Long.SIZE - 1);
              default -> number;
            });
    Insn instruction =
        switch (operation) {
          case ADD -> ADD_X_X_IMM;
          case SUBTRACT -> SUB_X_X_IMM;
          case AND -> AND_X_X_BITMASK;
          case OR -> ORR_X_X_BITMASK;
          case XOR -> EOR_X_X_BITMASK;
          case SHIFT_LEFT -> LSL_X_X_IMM;
          case SHIFT_RIGHT -> LSR_X_X_IMM;
          case SHIFT_RIGHT_SIGNED -> ASR_X_X_IMM;
          case MIN, MAX, ADD_DOUBLE -> null;
        };
    if (instruction == null || !instruction.takes(result, left, immediate)) {
      return false;
    }
    asm.emit(instruction, result, left, immediate);
    return true;
  }

  private void compare(Value left, Operand right) {
    switch (right) {
      case Operand.Constant(long number) ->
          constants.compare(register(left), number, A64Lowering.OPERAND);
      case Value value -> asm.emit(CMP_X_X, register(left), register(value));
    }
  }

  /**
   * Leaves unless {@code bytes} bytes at an indexed address are inside the slice: the index must
   * not exceed (stride - displacement - bytes) / scale, which linking has shown not to be negative.
   */
  private void checkBounds(Address address, int bytes, Exits exits) {
    if (address.index() != null) {
      Reg last = A64Lowering.SCRATCH;
      long end = address.displacement() + (long) bytes;
      constants.add(last, A64Lowering.STRIDE, -end, A64Lowering.ADDRESS);
      checkIndex(address, address.index(), exits);
    }
  }

  private void checkIndex(Address address, Value index, Exits exits) {
    Reg last = A64Lowering.SCRATCH;
    if (address.scale() > 1) {
      asm.emit(LSR_X_X_IMM, last, last, new Imm(shift(address)));
    }
    asm.emit(CMP_X_X, register(index), last);
    asm.emit(B_COND, Cond.HI, exits.outOfBounds());
  }

  private void storeOut(Step.StoreOut step, Exits exits) {
    long end = step.displacement() + (long) WORD_BYTES;
    constants.compare(register(step.to().size()), end, A64Lowering.OPERAND);
    asm.emit(B_COND, Cond.CC, exits.outOfBounds());
    Reg at = A64Lowering.ADDRESS;
    constants.add(at, lowering.of(step.to()), step.displacement(), A64Lowering.SCRATCH);
    asm.emit(STR_X, register(step.value()), Mem.at(at));
  }

  private void transfer(Transfer transfer, Exits exits) {
    Reg length = register(transfer.length());
    constants.compare(length, transfer.limit(), A64Lowering.OPERAND);
    asm.emit(B_COND, Cond.HI, exits.outOfBounds());
    if (transfer.length() != transfer.memory().size()) {
      asm.emit(CMP_X_X, length, register(transfer.memory().size()));
      asm.emit(B_COND, Cond.HI, exits.outOfBounds());
    }
    Address address = transfer.address();
    if (address.index() != null) {
      Reg last = A64Lowering.SCRATCH;
      long start = address.displacement();
      constants.add(last, A64Lowering.STRIDE, -start, A64Lowering.ADDRESS);
      asm.emit(SUB_X_X_X, last, last, length);
      checkIndex(address, address.index(), exits);
    }
    Reg slice = address(address);
    Reg caller = lowering.of(transfer.memory());
    boolean out = transfer instanceof Transfer.CopyOut;
    copy(out ? caller : slice, out ? slice : caller, length, exits);
  }

  /**
   * Emits a copy: blocks of 16 bytes and a last one that may overlap them, or for 8 to 15 bytes two
   * overlapping words, or up to 7 single bytes. No byte outside source and destination is touched.
   */
  private void copy(Reg to, Reg from, Reg length, Exits exits) {
    Label words = exits.fresh("copy_words");
    Label bytes = exits.fresh("copy_bytes");
    Label done = exits.fresh("copied");
    asm.emit(CMP_X_IMM, length, new Imm(BLOCK_BYTES));
    asm.emit(B_COND, Cond.CC, words);
    copyBlocks(to, from, length, exits);
    asm.emit(B, done);
    asm.bind(words);
    asm.emit(CMP_X_IMM, length, new Imm(WORD_BYTES));
    asm.emit(B_COND, Cond.CC, bytes);
    copyTwoWords(to, from, length);
    asm.emit(B, done);
    asm.bind(bytes);
    copyBytes(to, from, length, done, exits);
    asm.bind(done);
  }

  /** Emits the copy of a block and of what follows it. */
  private void copyBlocks(Reg to, Reg from, Reg length, Exits exits) {
    Reg at = A64Lowering.COPY.get(0);
    Reg last = A64Lowering.COPY.get(1);
    Label block = exits.fresh("copy_block");
    constants.load(at, 0);
    asm.emit(SUB_X_X_IMM, last, length, new Imm(BLOCK_BYTES));
    asm.bind(block);
    asm.emit(LDR_Q_INDEX, BLOCK, Mem.at(from, at));
    asm.emit(STR_Q_INDEX, BLOCK, Mem.at(to, at));
    asm.emit(ADD_X_X_IMM, at, at, new Imm(BLOCK_BYTES));
    asm.emit(CMP_X_X, at, last);
    asm.emit(B_COND, Cond.CC, block);
    asm.emit(LDR_Q_INDEX, BLOCK, Mem.at(from, last));
    asm.emit(STR_Q_INDEX, BLOCK, Mem.at(to, last));
  }

  private void copyTwoWords(Reg to, Reg from, Reg length) {
    Reg first = A64Lowering.COPY.get(0);
    Reg last = A64Lowering.COPY.get(1);
    Reg at = A64Lowering.SCRATCH;
    asm.emit(SUB_X_X_IMM, at, length, new Imm(WORD_BYTES));
    asm.emit(LDR_X, first, Mem.at(from));
    asm.emit(LDR_X_INDEX, last, Mem.at(from, at));
    asm.emit(STR_X, first, Mem.at(to));
    asm.emit(STR_X_INDEX, last, Mem.at(to, at));
  }

  private void copyBytes(Reg to, Reg from, Reg length, Label done, Exits exits) {
    Reg at = A64Lowering.COPY.get(0);
    Reg data = A64Lowering.COPY.get(1);
    Label next = exits.fresh("copy_byte");
    constants.load(at, 0);
    asm.bind(next);
    asm.emit(CMP_X_X, at, length);
    asm.emit(B_COND, Cond.CS, done);
    asm.emit(LDRB_W_INDEX, data, Mem.at(from, at));
    asm.emit(STRB_W_INDEX, data, Mem.at(to, at));
    asm.emit(ADD_X_X_IMM, at, at, new Imm(1));
    asm.emit(B, next);
  }

  private Reg register(Value value) {
    return lowering.of(value);
  }

  private Reg inRegister(Operand operand) {
    return switch (operand) {
      case Value value -> register(value);
      case Operand.Constant(long number) -> {
        constants.load(A64Lowering.OPERAND, number);
        yield A64Lowering.OPERAND;
      }
    };
  }

  private static int shift(Address address) {
    return Integer.numberOfTrailingZeros(address.scale());
  }

  private static Forms loads(Width width) {
    return switch (width) {
      case BITS_8 -> new Forms(LDRB_W, LDURB_W, LDRB_W_INDEX, LDARB_W);
      case BITS_16 -> new Forms(LDRH_W, LDURH_W, LDRH_W_INDEX, LDARH_W);
      case BITS_32 -> new Forms(LDR_W, LDUR_W, LDR_W_INDEX, LDAR_W);
      case BITS_64 -> new Forms(LDR_X, LDUR_X, LDR_X_INDEX, LDAR_X);
    };
  }

  private static Forms stores(Width width) {
    return switch (width) {
      case BITS_8 -> new Forms(STRB_W, STURB_W, STRB_W_INDEX, STLRB_W);
      case BITS_16 -> new Forms(STRH_W, STURH_W, STRH_W_INDEX, STLRH_W);
      case BITS_32 -> new Forms(STR_W, STUR_W, STR_W_INDEX, STLR_W);
      case BITS_64 -> new Forms(STR_X, STUR_X, STR_X_INDEX, STLR_X);
    };
  }

  private static Cond cond(Condition condition) {
    return switch (condition) {
      case EQUAL -> Cond.EQ;
      case NOT_EQUAL -> Cond.NE;
      case BELOW -> Cond.CC;
      case AT_MOST -> Cond.LS;
      case ABOVE -> Cond.HI;
      case AT_LEAST -> Cond.CS;
    };
  }
}
