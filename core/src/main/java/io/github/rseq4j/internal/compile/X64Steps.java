package io.github.rseq4j.internal.compile;

import static io.github.rseq4j.internal.asm.x64.Insn.*;

import io.github.rseq4j.internal.asm.x64.Assembler;
import io.github.rseq4j.internal.asm.x64.Imm;
import io.github.rseq4j.internal.asm.x64.Insn;
import io.github.rseq4j.internal.asm.x64.Label;
import io.github.rseq4j.internal.asm.x64.Mem;
import io.github.rseq4j.internal.asm.x64.Reg;
import io.github.rseq4j.internal.asm.x64.Xmm;
import io.github.rseq4j.sequence.Address;
import io.github.rseq4j.sequence.Condition;
import io.github.rseq4j.sequence.Operand;
import io.github.rseq4j.sequence.Operation;
import io.github.rseq4j.sequence.Step;
import io.github.rseq4j.sequence.Value;
import io.github.rseq4j.sequence.Width;
import java.util.HashMap;
import java.util.Map;

/**
 * Lowers each step to x86-64 instructions.
 *
 * <p>On x86-64 every load acquires and every store releases (Intel SDM volume 3, "Memory
 * Ordering"), so the orders of the language need no instructions of their own.
 */
final class X64Steps {
  private static final Xmm BLOCK = Xmm.XMM0;
  private static final int BLOCK_BYTES = 16;
  private static final int WORD_BYTES = 8;

  private final X64Compiler compiler;
  private final Assembler asm;
  private final Map<io.github.rseq4j.sequence.Label, Label> labels = new HashMap<>();
  private int copies;

  X64Steps(X64Compiler compiler) {
    this.compiler = compiler;
    this.asm = compiler.asm;
  }

  /** Emits a step; of a commit, only what has to be done before {@link #commit}. */
  void lower(Step step) {
    switch (step) {
      case Step.Load load -> load(load);
      case Step.Store store -> {
        checkBounds(store.to(), store.extent());
        store(store.width(), store.to(), store.value());
      }
      case Step.Compute compute -> compute(compute);
      case Step.SliceOffset offset -> sliceOffset(register(offset.result()));
      case Step.ExitIf exitIf -> {
        compare(exitIf.left(), exitIf.right());
        asm.emit(jump(exitIf.condition()), compiler.exit(exitIf.exit()));
      }
      case Step.SkipIf skip -> {
        compare(skip.left(), skip.right());
        asm.emit(jump(skip.condition()), label(skip.target()));
      }
      case Step.Land land -> asm.bind(label(land.label()));
      case Step.Copy copy -> copy(copy);
      case Step.CommitStore commit -> checkBounds(commit.to(), commit.extent());
      case Step.CommitAdd commit -> checkBounds(commit.to(), commit.extent());
    }
  }

  /** Emits the commit: one instruction, perhaps behind one that loads a constant. */
  void commit(Step.Commit step) {
    switch (step) {
      case Step.CommitStore commit -> store(commit.width(), commit.to(), commit.value());
      case Step.CommitAdd commit -> {
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

  private void load(Step.Load load) {
    checkBounds(load.from(), load.extent());
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
    if (result != left) {
      asm.emit(MOV_R64_RM64, result, left);
    }
    arithmetic(step.operation(), result, step.right());
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
    asm.emit(MOVQ_RM64_XMM, X64Compiler.SCRATCH, X64Compiler.SAVED_BASE);
    asm.emit(MOV_R64_RM64, result, X64Compiler.SLICE);
    asm.emit(SUB_R64_RM64, result, X64Compiler.SCRATCH);
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
  private void checkBounds(Address address, int bytes) {
    if (address.index() != null) {
      Reg last = X64Compiler.SCRATCH;
      asm.emit(LEA_R64_M, last, Mem.at(X64Compiler.STRIDE, -(address.displacement() + bytes)));
      checkIndex(address, address.index(), last);
    }
  }

  private void checkIndex(Address address, Value index, Reg last) {
    if (address.scale() > 1) {
      int shift = Integer.numberOfTrailingZeros(address.scale());
      asm.emit(SHR_RM64_IMM6, last, new Imm(shift));
    }
    asm.emit(CMP_R64_RM64, register(index), last);
    asm.emit(JA, compiler.outOfBounds());
  }

  /**
   * Emits a copy: blocks of 16 bytes and a last one that may overlap them, or for 8 to 15 bytes two
   * overlapping words, or up to 7 single bytes. No byte outside source and destination is touched.
   */
  private void copy(Step.Copy copy) {
    checkCopyBounds(copy);
    Reg to = X64Compiler.SCRATCH;
    Reg from = compiler.registers.of(copy.from());
    Reg length = register(copy.length());
    asm.emit(LEA_R64_M, to, memory(copy.to()));
    String suffix = copies++ == 0 ? "" : Integer.toString(copies);
    Label words = asm.newLabel("copy_words" + suffix);
    Label bytes = asm.newLabel("copy_bytes" + suffix);
    Label done = asm.newLabel("copied" + suffix);
    asm.emit(CMP_RM64_IMM8, length, new Imm(BLOCK_BYTES));
    asm.emit(JB, words);
    copyBlocks(to, from, length, suffix);
    asm.emit(JMP, done);
    asm.bind(words);
    asm.emit(CMP_RM64_IMM8, length, new Imm(WORD_BYTES));
    asm.emit(JB, bytes);
    copyTwoWords(to, from, length);
    asm.emit(JMP, done);
    asm.bind(bytes);
    copyBytes(to, from, length, done, suffix);
    asm.bind(done);
  }

  private void checkCopyBounds(Step.Copy copy) {
    Reg length = register(copy.length());
    asm.emit(CMP_RM64_IMM32, length, new Imm(copy.limit()));
    asm.emit(JA, compiler.outOfBounds());
    Address to = copy.to();
    if (to.index() != null) {
      Reg last = X64Compiler.SCRATCH;
      asm.emit(LEA_R64_M, last, Mem.at(X64Compiler.STRIDE, -to.displacement()));
      asm.emit(SUB_R64_RM64, last, length);
      checkIndex(to, to.index(), last);
    }
  }

  private void copyBlocks(Reg to, Reg from, Reg length, String suffix) {
    Reg at = X64Compiler.COPY.get(0);
    Reg last = X64Compiler.COPY.get(1);
    Label block = asm.newLabel("copy_block" + suffix);
    Label tail = asm.newLabel("copy_tail" + suffix);
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
    Reg first = X64Compiler.COPY.get(0);
    Reg last = X64Compiler.COPY.get(1);
    asm.emit(MOV_R64_RM64, first, Mem.at(from, 0));
    asm.emit(MOV_R64_RM64, last, Mem.at(from, length, 1, -WORD_BYTES));
    asm.emit(MOV_RM64_R64, Mem.at(to, 0), first);
    asm.emit(MOV_RM64_R64, Mem.at(to, length, 1, -WORD_BYTES), last);
  }

  private void copyBytes(Reg to, Reg from, Reg length, Label done, String suffix) {
    Reg at = X64Compiler.COPY.get(0);
    Reg data = X64Compiler.COPY.get(1);
    Label next = asm.newLabel("copy_byte" + suffix);
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
        ? Mem.at(X64Compiler.SLICE, address.displacement())
        : Mem.at(X64Compiler.SLICE, register(index), address.scale(), address.displacement());
  }

  private Reg register(Value value) {
    return compiler.registers.of(value);
  }

  private Reg inRegister(Operand operand) {
    return switch (operand) {
      case Value value -> register(value);
      case Operand.Constant(long number) -> {
        compiler.loadConstant(X64Compiler.SCRATCH, number);
        yield X64Compiler.SCRATCH;
      }
    };
  }

  private Label label(io.github.rseq4j.sequence.Label label) {
    return labels.computeIfAbsent(
        label, key -> asm.newLabel("skip%d_%s".formatted(labels.size(), key)));
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

  private static Insn withRegister(Operation operation) {
    return switch (operation) {
      case ADD -> ADD_R64_RM64;
      case SUBTRACT -> SUB_R64_RM64;
      case AND -> AND_R64_RM64;
      case OR -> OR_R64_RM64;
      case XOR -> XOR_R64_RM64;
    };
  }

  private static Insn withImm8(Operation operation) {
    return switch (operation) {
      case ADD -> ADD_RM64_IMM8;
      case SUBTRACT -> SUB_RM64_IMM8;
      case AND -> AND_RM64_IMM8;
      case OR -> OR_RM64_IMM8;
      case XOR -> XOR_RM64_IMM8;
    };
  }

  private static Insn withImm32(Operation operation) {
    return switch (operation) {
      case ADD -> ADD_RM64_IMM32;
      case SUBTRACT -> SUB_RM64_IMM32;
      case AND -> AND_RM64_IMM32;
      case OR -> OR_RM64_IMM32;
      case XOR -> XOR_RM64_IMM32;
    };
  }
}
