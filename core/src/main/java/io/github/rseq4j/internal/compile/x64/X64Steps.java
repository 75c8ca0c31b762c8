package io.github.rseq4j.internal.compile.x64;

import static io.github.rseq4j.internal.compile.x64.Insn.*;

import io.github.rseq4j.internal.asm.Assembler;
import io.github.rseq4j.internal.asm.Imm;
import io.github.rseq4j.internal.asm.Label;
import io.github.rseq4j.internal.compile.Exits;
import io.github.rseq4j.internal.compile.Lowering;
import io.github.rseq4j.sequence.Address;
import io.github.rseq4j.sequence.Commit;
import io.github.rseq4j.sequence.Condition;
import io.github.rseq4j.sequence.Destination;
import io.github.rseq4j.sequence.Operand;
import io.github.rseq4j.sequence.Operation;
import io.github.rseq4j.sequence.Step;
import io.github.rseq4j.sequence.Transfer;
import io.github.rseq4j.sequence.Value;
import io.github.rseq4j.sequence.Width;
import java.util.Set;

/**
 * Lowers each step to x86-64 instructions.
 *
 * <p>On x86-64 every load acquires and every store releases (Intel SDM volume 3, "Memory
 * Ordering"), so the orders of the language need no instructions of their own.
 */
final class X64Steps implements Lowering.Steps {
  private static final Xmm BLOCK = Xmm.XMM0;
  private static final Xmm LEFT = Xmm.XMM2;
  private static final Xmm RIGHT = Xmm.XMM3;
  private static final int BLOCK_BYTES = 16;
  private static final int WORD_BYTES = 8;
  private static final Set<Operation> SHIFTS =
      Set.of(Operation.SHIFT_LEFT, Operation.SHIFT_RIGHT, Operation.SHIFT_RIGHT_SIGNED);

  private final X64Lowering lowering;
  private final Assembler asm;

  X64Steps(X64Lowering lowering) {
    this.lowering = lowering;
    this.asm = lowering.assembler();
  }

  /** Returns whether a step needs the count register. */
  static boolean shiftsByValue(Step step) {
    return step instanceof Step.Compute(_, var operation, _, Value _) && SHIFTS.contains(operation);
  }

  @Override
  public void lower(Step step, Exits exits) {
    switch (step) {
      case Step.Load load -> load(load, exits);
      case Step.Store store -> {
        checkBounds(store.to(), store.extent(), exits);
        store(store.width(), store.to(), store.value());
      }
      case Step.Compute compute -> compute(compute);
      case Step.LeadingZeros zeros -> leadingZeros(register(zeros.result()), zeros.value());
      case Step.SliceOffset offset -> sliceOffset(register(offset.result()));
      case Step.ExitIf exitIf -> {
        compare(exitIf.left(), exitIf.right());
        asm.emit(jump(exitIf.condition()), exits.exit(exitIf.exit()));
      }
      case Step.SkipIf skip -> {
        compare(skip.left(), skip.right());
        asm.emit(jump(skip.condition()), exits.skip(skip.target()));
      }
      case Step.Land land -> asm.bind(exits.skip(land.label()));
      case Step.StoreOut store -> storeOut(store, exits);
      case Transfer transfer -> transfer(transfer, exits);
      case Commit commit -> checkBounds(commit.address(), commit.extent(), exits);
    }
  }

  /** Emits the commit: one instruction, perhaps behind one that loads a constant. */
  @Override
  public void commit(Commit step) {
    switch (step) {
      case Commit.Store commit -> store(commit.width(), commit.to(), commit.value());
      case Commit.Add commit -> {
        Mem to = memory(commit.to());
        switch (commit.value()) {
          case Operand.Constant(long number) when isInt8(number) ->
              asm.emit(ADD_RM64_IMM8, to, new Imm(number));
          case Operand.Constant(long number) when isInt32(number) ->
              asm.emit(ADD_RM64_IMM32, to, new Imm(number));
          case Operand value -> asm.emit(ADD_RM64_R64, to, inRegister(value));
        }
      }
    }
  }

  private void load(Step.Load load, Exits exits) {
    checkBounds(load.from(), load.extent(), exits);
    Insn instruction =
        switch (load.width()) {
          case BITS_8 -> MOVZX_R32_RM8;
          case BITS_16 -> MOVZX_R32_RM16;
          case BITS_32 -> MOV_R32_RM32;
          case BITS_64 -> MOV_R64_RM64;
        };
    asm.emit(instruction, register(load.result()), memory(load.from()));
  }

  private void store(Width width, Address to, Operand value) {
    Insn instruction =
        switch (width) {
          case BITS_8 -> MOV_RM8_R8;
          case BITS_16 -> MOV_RM16_R16;
          case BITS_32 -> MOV_RM32_R32;
          case BITS_64 -> MOV_RM64_R64;
        };
    asm.emit(instruction, memory(to), inRegister(value));
  }

  private void compute(Step.Compute step) {
    Reg result = register(step.result());
    Reg left = register(step.left());
    if (shiftsByValue(step)) {
      asm.emit(MOV_R64_RM64, Reg.RCX, inRegister(step.right()));
    }
    if (result != left) {
      asm.emit(MOV_R64_RM64, result, left);
    }
    switch (step.operation()) {
      case SHIFT_LEFT, SHIFT_RIGHT, SHIFT_RIGHT_SIGNED ->
          shift(step.operation(), result, step.right());
      case MIN -> select(CMOVG_R64_RM64, result, step.right());
      case MAX -> select(CMOVL_R64_RM64, result, step.right());
      case ADD_DOUBLE -> addDouble(result, step.right());
      default -> arithmetic(step.operation(), result, step.right());
    }
  }

  private void shift(Operation operation, Reg left, Operand right) {
    switch (right) {
      case Operand.Constant(long number) ->
          asm.emit(shiftByConstant(operation), left, new Imm(number & (Long.SIZE - 1)));
      case Value _ -> asm.emit(shiftByCl(operation), left, Reg.RCX);
    }
  }

  private void select(Insn move, Reg left, Operand right) {
    Reg other = inRegister(right);
    asm.emit(CMP_R64_RM64, left, other);
    asm.emit(move, left, other);
  }

  private void addDouble(Reg left, Operand right) {
    asm.emit(MOVQ_XMM_RM64, LEFT, left);
    asm.emit(MOVQ_XMM_RM64, RIGHT, inRegister(right));
    asm.emit(ADDSD_XMM_XMM64, LEFT, RIGHT);
    asm.emit(MOVQ_RM64_XMM, left, LEFT);
  }

  /** Emits 63 - (number of the highest one bit), or 63 ^ 127 = 64 if there is none. */
  private void leadingZeros(Reg result, Value value) {
    // lzcnt would do it alone, but processors without it run it as bsr.
    asm.emit(MOV_R32_IMM32, X64Lowering.SCRATCH, new Imm(127));
    asm.emit(BSR_R64_RM64, result, register(value));
    asm.emit(CMOVE_R64_RM64, result, X64Lowering.SCRATCH);
    asm.emit(XOR_RM64_IMM8, result, new Imm(63));
  }

  private void arithmetic(Operation operation, Reg left, Operand right) {
    switch (right) {
      case Operand.Constant(long number) when isInt8(number) ->
          asm.emit(withImm8(operation), left, new Imm(number));
      case Operand.Constant(long number) when isInt32(number) ->
          asm.emit(withImm32(operation), left, new Imm(number));
      case Operand value -> asm.emit(withRegister(operation), left, inRegister(value));
    }
  }

  private void sliceOffset(Reg result) {
    asm.emit(MOVQ_RM64_XMM, X64Lowering.SCRATCH, X64Lowering.SAVED_BASE);
    asm.emit(MOV_R64_RM64, result, lowering.slice());
    asm.emit(SUB_R64_RM64, result, X64Lowering.SCRATCH);
  }

  private void compare(Value left, Operand right) {
    switch (right) {
      case Operand.Constant(long number) when isInt8(number) ->
          asm.emit(CMP_RM64_IMM8, register(left), new Imm(number));
      case Operand.Constant(long number) when isInt32(number) ->
          asm.emit(CMP_RM64_IMM32, register(left), new Imm(number));
      case Operand value -> asm.emit(CMP_R64_RM64, register(left), inRegister(value));
    }
  }

  /**
   * Leaves unless {@code bytes} bytes at an indexed address are inside the slice: the index must
   * not exceed (stride - displacement - bytes) / scale, which linking has shown not to be negative.
   */
  private void checkBounds(Address address, int bytes, Exits exits) {
    if (address.index() != null) {
      Reg last = X64Lowering.SCRATCH;
      asm.emit(LEA_R64_M, last, Mem.at(lowering.stride(), -(address.displacement() + bytes)));
      checkIndex(address, address.index(), last, exits);
    }
  }

  private void checkIndex(Address address, Value index, Reg last, Exits exits) {
    if (address.scale() > 1) {
      int shift = Integer.numberOfTrailingZeros(address.scale());
      asm.emit(SHR_RM64_IMM6, last, new Imm(shift));
    }
    asm.emit(CMP_R64_RM64, register(index), last);
    asm.emit(JA, exits.outOfBounds());
  }

  private void storeOut(Step.StoreOut step, Exits exits) {
    Destination to = step.to();
    asm.emit(CMP_RM64_IMM32, register(to.size()), new Imm(step.displacement() + WORD_BYTES));
    asm.emit(JB, exits.outOfBounds());
    Mem word = Mem.at(lowering.of(to), step.displacement());
    asm.emit(MOV_RM64_R64, word, register(step.value()));
  }

  /**
   * Emits a copy: blocks of 16 bytes and a last one that may overlap them, or for 8 to 15 bytes two
   * overlapping words, or up to 7 single bytes. No byte outside source and destination is touched.
   */
  private void transfer(Transfer transfer, Exits exits) {
    checkTransfer(transfer, exits);
    Reg slice = X64Lowering.SCRATCH;
    Reg caller = lowering.of(transfer.memory());
    boolean out = transfer instanceof Transfer.CopyOut;
    Reg to = out ? caller : slice;
    Reg from = out ? slice : caller;
    Reg length = register(transfer.length());
    asm.emit(LEA_R64_M, slice, memory(transfer.address()));
    Label words = exits.fresh("copy_words");
    Label bytes = exits.fresh("copy_bytes");
    Label done = exits.fresh("copied");
    asm.emit(CMP_RM64_IMM8, length, new Imm(BLOCK_BYTES));
    asm.emit(JB, words);
    copyBlocks(to, from, length, exits);
    asm.emit(JMP, done);
    asm.bind(words);
    asm.emit(CMP_RM64_IMM8, length, new Imm(WORD_BYTES));
    asm.emit(JB, bytes);
    copyTwoWords(to, from, length);
    asm.emit(JMP, done);
    asm.bind(bytes);
    copyBytes(to, from, length, done, exits);
    asm.bind(done);
  }

  private void checkTransfer(Transfer transfer, Exits exits) {
    Reg length = register(transfer.length());
    asm.emit(CMP_RM64_IMM32, length, new Imm(transfer.limit()));
    asm.emit(JA, exits.outOfBounds());
    if (transfer.length() != transfer.memory().size()) {
      asm.emit(CMP_R64_RM64, length, register(transfer.memory().size()));
      asm.emit(JA, exits.outOfBounds());
    }
    Address address = transfer.address();
    if (address.index() != null) {
      Reg last = X64Lowering.SCRATCH;
      asm.emit(LEA_R64_M, last, Mem.at(lowering.stride(), -address.displacement()));
      asm.emit(SUB_R64_RM64, last, length);
      checkIndex(address, address.index(), last, exits);
    }
  }

  private void copyBlocks(Reg to, Reg from, Reg length, Exits exits) {
    Reg at = lowering.copy().get(0);
    Reg last = lowering.copy().get(1);
    Label block = exits.fresh("copy_block");
    Label tail = exits.fresh("copy_tail");
    asm.emit(XOR_R32_RM32, at, at);
    asm.emit(LEA_R64_M, last, Mem.at(length, -BLOCK_BYTES));
    asm.bind(block);
    asm.emit(CMP_R64_RM64, at, last);
    asm.emit(JAE, tail);
    asm.emit(MOVUPS_XMM_M128, BLOCK, Mem.at(from, at, 1, 0));
    asm.emit(MOVUPS_M128_XMM, Mem.at(to, at, 1, 0), BLOCK);
    asm.emit(ADD_RM64_IMM8, at, new Imm(BLOCK_BYTES));
    asm.emit(JMP, block);
    asm.bind(tail);
    asm.emit(MOVUPS_XMM_M128, BLOCK, Mem.at(from, last, 1, 0));
    asm.emit(MOVUPS_M128_XMM, Mem.at(to, last, 1, 0), BLOCK);
  }

  private void copyTwoWords(Reg to, Reg from, Reg length) {
    Reg first = lowering.copy().get(0);
    Reg last = lowering.copy().get(1);
    asm.emit(MOV_R64_RM64, first, Mem.at(from, 0));
    asm.emit(MOV_R64_RM64, last, Mem.at(from, length, 1, -WORD_BYTES));
    asm.emit(MOV_RM64_R64, Mem.at(to, 0), first);
    asm.emit(MOV_RM64_R64, Mem.at(to, length, 1, -WORD_BYTES), last);
  }

  private void copyBytes(Reg to, Reg from, Reg length, Label done, Exits exits) {
    Reg at = lowering.copy().get(0);
    Reg data = lowering.copy().get(1);
    Label next = exits.fresh("copy_byte");
    asm.emit(XOR_R32_RM32, at, at);
    asm.bind(next);
    asm.emit(CMP_R64_RM64, at, length);
    asm.emit(JAE, done);
    asm.emit(MOVZX_R32_RM8, data, Mem.at(from, at, 1, 0));
    asm.emit(MOV_RM8_R8, Mem.at(to, at, 1, 0), data);
    asm.emit(ADD_RM64_IMM8, at, new Imm(1));
    asm.emit(JMP, next);
  }

  private Mem memory(Address address) {
    Value index = address.index();
    return index == null
        ? Mem.at(lowering.slice(), address.displacement())
        : Mem.at(lowering.slice(), register(index), address.scale(), address.displacement());
  }

  private Reg register(Value value) {
    return lowering.of(value);
  }

  private Reg inRegister(Operand operand) {
    return switch (operand) {
      case Value value -> register(value);
      case Operand.Constant(long number) -> {
        lowering.loadConstant(X64Lowering.SCRATCH, number);
        yield X64Lowering.SCRATCH;
      }
    };
  }

  private static boolean isInt8(long number) {
    return number == (byte) number;
  }

  private static boolean isInt32(long number) {
    return number == (int) number;
  }

  private static Insn jump(Condition condition) {
    return switch (condition) {
      case EQUAL -> JE;
      case NOT_EQUAL -> JNE;
      case BELOW -> JB;
      case AT_MOST -> JBE;
      case ABOVE -> JA;
      case AT_LEAST -> JAE;
    };
  }

  private static Insn shiftByConstant(Operation operation) {
    return switch (operation) {
      case SHIFT_LEFT -> SHL_RM64_IMM6;
      case SHIFT_RIGHT -> SHR_RM64_IMM6;
      case SHIFT_RIGHT_SIGNED -> SAR_RM64_IMM6;
      default -> throw new IllegalArgumentException(operation + " is no shift");
    };
  }

  private static Insn shiftByCl(Operation operation) {
    return switch (operation) {
      case SHIFT_LEFT -> SHL_RM64_CL;
      case SHIFT_RIGHT -> SHR_RM64_CL;
      case SHIFT_RIGHT_SIGNED -> SAR_RM64_CL;
      default -> throw new IllegalArgumentException(operation + " is no shift");
    };
  }

  private static Insn withRegister(Operation operation) {
    return switch (operation) {
      case ADD -> ADD_R64_RM64;
      case SUBTRACT -> SUB_R64_RM64;
      case AND -> AND_R64_RM64;
      case OR -> OR_R64_RM64;
      case XOR -> XOR_R64_RM64;
      default -> throw new IllegalArgumentException(operation + " has no such form");
    };
  }

  private static Insn withImm8(Operation operation) {
    return switch (operation) {
      case ADD -> ADD_RM64_IMM8;
      case SUBTRACT -> SUB_RM64_IMM8;
      case AND -> AND_RM64_IMM8;
      case OR -> OR_RM64_IMM8;
      case XOR -> XOR_RM64_IMM8;
      default -> throw new IllegalArgumentException(operation + " has no such form");
    };
  }

  private static Insn withImm32(Operation operation) {
    return switch (operation) {
      case ADD -> ADD_RM64_IMM32;
      case SUBTRACT -> SUB_RM64_IMM32;
      case AND -> AND_RM64_IMM32;
      case OR -> OR_RM64_IMM32;
      case XOR -> XOR_RM64_IMM32;
      default -> throw new IllegalArgumentException(operation + " has no such form");
    };
  }
}
