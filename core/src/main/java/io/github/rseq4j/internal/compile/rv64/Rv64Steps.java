package io.github.rseq4j.internal.compile.rv64;

import static io.github.rseq4j.internal.compile.rv64.Insn.*;

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

/**
 * Lowers each step to RISC-V instructions.
 *
 * <p>A load that acquires has {@code fence r,rw} behind it, a commit that releases {@code fence
 * rw,w} before it (RISC-V Instruction Set Manual, volume I, "Code Porting and Mapping Guidelines");
 * all other accesses are plain.
 */
final class Rv64Steps implements Lowering.Steps {
  private static final int WORD_BYTES = 8;

  /** Where the exponent of a 64-bit floating-point number begins, and what 1.0 has there. */
  private static final int MANTISSA_BITS = 52;

  private static final int EXPONENT_BIAS = 1023;

  private static final FloatReg LEFT = FloatReg.FT2;
  private static final FloatReg RIGHT = FloatReg.FT3;

  private final Rv64Lowering lowering;
  private final Constants constants;
  private final Assembler asm;

  Rv64Steps(Rv64Lowering lowering, Constants constants) {
    this.lowering = lowering;
    this.constants = constants;
    this.asm = lowering.assembler();
  }

  @Override
  public void lower(Step step, Exits exits) {
    switch (step) {
      case Step.Load load -> load(load, exits);
      case Step.Store store -> {
        checkBounds(store.to(), store.extent(), exits);
        Mem to = memory(store.to());
        asm.emit(store(store.width()), inRegister(store.value()), to);
      }
      case Step.Compute compute -> compute(compute, exits);
      case Step.LeadingZeros zeros -> leadingZeros(zeros, exits);
      case Step.SliceOffset offset -> {
        asm.emit(FMV_X_D, register(offset.result()), Rv64Lowering.BASE);
        asm.emit(SUB, register(offset.result()), Rv64Lowering.SLICE, register(offset.result()));
      }
      case Step.ExitIf exitIf ->
          branch(exitIf.left(), exitIf.condition(), exitIf.right(), exits.exit(exitIf.exit()));
      case Step.SkipIf skip ->
          branch(skip.left(), skip.condition(), skip.right(), exits.skip(skip.target()));
      case Step.Land land -> asm.bind(exits.skip(land.label()));
      case Step.StoreOut store -> storeOut(store, exits);
      case Transfer transfer -> transfer(transfer, exits);
      case Commit commit -> checkBounds(commit.address(), commit.extent(), exits);
    }
  }

  /** Emits the commit; its last instruction is the store. */
  @Override
  public void commit(Commit step) {
    Mem to = memory(step.address());
    switch (step) {
      case Commit.Store commit -> {
        Reg value = inRegister(commit.value());
        if (commit.release()) {
          asm.emit(FENCE_RW_W);
        }
        asm.emit(store(commit.width()), value, to);
      }
      case Commit.Add commit -> {
        Reg sum = Rv64Lowering.SCRATCH;
        asm.emit(LD, sum, to);
        switch (commit.value()) {
          case Operand.Constant(long number) ->
              constants.add(sum, sum, number, Rv64Lowering.OPERAND);
          case Value value -> asm.emit(ADD, sum, sum, register(value));
        }
        asm.emit(SD, sum, to);
      }
    }
  }

  private void load(Step.Load load, Exits exits) {
    checkBounds(load.from(), load.extent(), exits);
    Insn insn =
        switch (load.width()) {
          case BITS_8 -> LBU;
          case BITS_16 -> LHU;
          case BITS_32 -> LWU;
          case BITS_64 -> LD;
        };
    asm.emit(insn, register(load.result()), memory(load.from()));
    if (load.acquire()) {
      asm.emit(FENCE_R_RW);
    }
  }

  private static Insn store(Width width) {
    return switch (width) {
      case BITS_8 -> SB;
      case BITS_16 -> SH;
      case BITS_32 -> SW;
      case BITS_64 -> SD;
    };
  }

  /** Returns an address in the form that an access has, after computing what has to be. */
  private Mem memory(Address address) {
    return constants.memory(
        elements(address), address.displacement(), Rv64Lowering.ADDRESS, Rv64Lowering.SCRATCH);
  }

  /** Returns a register with the address but for its displacement. */
  private Reg elements(Address address) {
    Value index = address.index();
    if (index == null) {
      return Rv64Lowering.SLICE;
    }
    Reg result = Rv64Lowering.ADDRESS;
    Reg bytes = register(index);
    if (address.scale() > 1) {
      asm.emit(SLLI, result, bytes, shift(address));
      bytes = result;
    }
    asm.emit(ADD, result, Rv64Lowering.SLICE, bytes);
    return result;
  }

  private void compute(Step.Compute step, Exits exits) {
    Reg result = register(step.result());
    Reg left = register(step.left());
    if (step.right() instanceof Operand.Constant(long number)
        && withConstant(step.operation(), result, left, number)) {
      return;
    }
    Reg right = inRegister(step.right());
    switch (step.operation()) {
      case ADD -> asm.emit(ADD, result, left, right);
      case SUBTRACT -> asm.emit(SUB, result, left, right);
      case AND -> asm.emit(AND, result, left, right);
      case OR -> asm.emit(OR, result, left, right);
      case XOR -> asm.emit(XOR, result, left, right);
      case SHIFT_LEFT -> asm.emit(SLL, result, left, right);
      case SHIFT_RIGHT -> asm.emit(SRL, result, left, right);
      case SHIFT_RIGHT_SIGNED -> asm.emit(SRA, result, left, right);
      case MIN, MAX -> {
        move(result, left);
        Label done = exits.fresh("selected");
        boolean min = step.operation() == Operation.MIN;
        asm.emit(BGE, min ? right : result, min ? result : right, done);
        move(result, right);
        asm.bind(done);
      }
      case ADD_DOUBLE -> {
        asm.emit(FMV_D_X, LEFT, left);
        asm.emit(FMV_D_X, RIGHT, right);
        asm.emit(FADD_D_RNE, LEFT, LEFT, RIGHT);
        asm.emit(FMV_X_D, result, LEFT);
      }
    }
  }

  /** Emits the form of an operation that contains its constant, if there is one. */
  private boolean withConstant(Operation operation, Reg result, Reg left, long number) {
    Imm immediate =
        new Imm(
            switch (operation) {
              case SHIFT_LEFT, SHIFT_RIGHT, SHIFT_RIGHT_SIGNED -> number & (Long.SIZE - 1);
              case SUBTRACT -> -number;
              default -> number;
            });
    Insn instruction =
        switch (operation) {
          case ADD, SUBTRACT -> ADDI;
          case AND -> ANDI;
          case OR -> ORI;
          case XOR -> XORI;
          case SHIFT_LEFT -> SLLI;
          case SHIFT_RIGHT -> SRLI;
          case SHIFT_RIGHT_SIGNED -> SRAI;
          case MIN, MAX, ADD_DOUBLE -> null;
        };
    if (instruction == null || !instruction.takes(result, left, immediate)) {
      return false;
    }
    asm.emit(instruction, result, left, immediate);
    return true;
  }

  /**
   * Emits the count of leading zeros: the exponent of the number as a floating-point number, which
   * is rounded towards zero so that it does not grow, tells where its highest bit is. Zero has the
   * exponent 0.
   */
  private void leadingZeros(Step.LeadingZeros step, Exits exits) {
    Reg result = register(step.result());
    Reg constant = Rv64Lowering.OPERAND;
    Label done = exits.fresh("counted");
    asm.emit(FCVT_D_LU_RTZ, Rv64Lowering.KEPT, register(step.value()));
    asm.emit(FMV_X_D, result, Rv64Lowering.KEPT);
    asm.emit(SRLI, result, result, new Imm(MANTISSA_BITS));
    constants.load(constant, EXPONENT_BIAS + Long.SIZE - 1);
    asm.emit(SUB, result, constant, result);
    constants.load(constant, Long.SIZE);
    asm.emit(BGEU, constant, result, done);
    move(result, constant);
    asm.bind(done);
  }

  private void move(Reg to, Reg from) {
    if (to != from) {
      asm.emit(ADDI, to, from, new Imm(0));
    }
  }

  private void branch(Value left, Condition condition, Operand right, Label to) {
    Reg first = register(left);
    Reg second = inRegister(right);
    switch (condition) {
      case EQUAL -> lowering.branch(BEQ, first, second, to);
      case NOT_EQUAL -> lowering.branch(BNE, first, second, to);
      case BELOW -> lowering.branch(BLTU, first, second, to);
      case AT_MOST -> lowering.branch(BGEU, second, first, to);
      case ABOVE -> lowering.branch(BLTU, second, first, to);
      case AT_LEAST -> lowering.branch(BGEU, first, second, to);
    }
  }

  /**
   * Leaves unless {@code bytes} bytes at an indexed address are inside the slice: the index must
   * not exceed (stride - displacement - bytes) / scale, which linking has shown not to be negative.
   */
  private void checkBounds(Address address, int bytes, Exits exits) {
    if (address.index() != null) {
      Reg last = Rv64Lowering.SCRATCH;
      long end = address.displacement() + (long) bytes;
      constants.add(last, Rv64Lowering.STRIDE, -end, last);
      checkIndex(address, address.index(), exits);
    }
  }

  private void checkIndex(Address address, Value index, Exits exits) {
    Reg last = Rv64Lowering.SCRATCH;
    if (address.scale() > 1) {
      asm.emit(SRLI, last, last, shift(address));
    }
    lowering.branch(BLTU, last, register(index), exits.outOfBounds());
  }

  private void storeOut(Step.StoreOut step, Exits exits) {
    Reg end = Rv64Lowering.OPERAND;
    constants.load(end, step.displacement() + (long) WORD_BYTES);
    lowering.branch(BLTU, register(step.to().size()), end, exits.outOfBounds());
    Mem at =
        constants.memory(
            lowering.of(step.to()),
            step.displacement(),
            Rv64Lowering.ADDRESS,
            Rv64Lowering.SCRATCH);
    asm.emit(SD, register(step.value()), at);
  }

  private void transfer(Transfer transfer, Exits exits) {
    Reg length = register(transfer.length());
    Reg limit = Rv64Lowering.OPERAND;
    constants.load(limit, transfer.limit());
    lowering.branch(BLTU, limit, length, exits.outOfBounds());
    if (transfer.length() != transfer.memory().size()) {
      lowering.branch(BLTU, register(transfer.memory().size()), length, exits.outOfBounds());
    }
    Address address = transfer.address();
    Value index = address.index();
    if (index != null) {
      Reg last = Rv64Lowering.SCRATCH;
      constants.add(last, Rv64Lowering.STRIDE, -(long) address.displacement(), last);
      asm.emit(SUB, last, last, length);
      checkIndex(address, index, exits);
    }
    copy(transfer, address, length, exits);
  }

  /**
   * Emits a copy: words where both sides are aligned to them, since others may be slow, and single
   * bytes for what is left. No byte outside source and destination is touched.
   */
  private void copy(Transfer transfer, Address address, Reg length, Exits exits) {
    // There is no register to spare, and an abort computes the slice anew.
    Reg slice = Rv64Lowering.SLICE;
    Reg caller = Rv64Lowering.ADDRESS;
    Reg end = Rv64Lowering.SCRATCH;
    Reg data = Rv64Lowering.OPERAND;
    asm.emit(FMV_D_X, Rv64Lowering.KEPT, slice);
    if (address.index() != null) {
      asm.emit(ADD, slice, slice, register(address.index()));
    }
    if (address.displacement() != 0) {
      constants.add(slice, slice, address.displacement(), data);
    }
    move(caller, lowering.of(transfer.memory()));
    asm.emit(ADD, end, caller, length);
    boolean out = transfer instanceof Transfer.CopyOut;
    Reg to = out ? caller : slice;
    Reg from = out ? slice : caller;
    Label words = exits.fresh("copy_words");
    Label bytes = exits.fresh("copy_bytes");
    Label done = exits.fresh("copied");
    asm.emit(OR, data, to, from);
    asm.emit(ANDI, data, data, new Imm(WORD_BYTES - 1));
    asm.emit(BNE, data, Reg.ZERO, bytes);
    asm.bind(words);
    asm.emit(SUB, data, end, caller);
    asm.emit(SLTIU, data, data, new Imm(WORD_BYTES));
    asm.emit(BNE, data, Reg.ZERO, bytes);
    move(to, from, LD, SD, WORD_BYTES);
    lowering.jump(words);
    asm.bind(bytes);
    asm.emit(BEQ, caller, end, done);
    move(to, from, LBU, SB, 1);
    lowering.jump(bytes);
    asm.bind(done);
    asm.emit(FMV_X_D, slice, Rv64Lowering.KEPT);
  }

  /** Emits the copy of one datum, with both addresses moved on. */
  private void move(Reg to, Reg from, Insn load, Insn store, int bytes) {
    Reg data = Rv64Lowering.OPERAND;
    asm.emit(load, data, Mem.at(from));
    asm.emit(store, data, Mem.at(to));
    asm.emit(ADDI, from, from, new Imm(bytes));
    asm.emit(ADDI, to, to, new Imm(bytes));
  }

  private Reg register(Value value) {
    return lowering.of(value);
  }

  /** Returns the register of an operand; a constant that is not 0 is loaded. */
  private Reg inRegister(Operand operand) {
    return switch (operand) {
      case Value value -> register(value);
      case Operand.Constant(long number) when number == 0 -> Reg.ZERO;
      case Operand.Constant(long number) -> {
        constants.load(Rv64Lowering.OPERAND, number);
        yield Rv64Lowering.OPERAND;
      }
    };
  }

  private static Imm shift(Address address) {
    return new Imm(Integer.numberOfTrailingZeros(address.scale()));
  }
}
