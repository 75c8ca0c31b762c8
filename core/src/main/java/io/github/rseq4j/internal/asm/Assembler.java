package io.github.rseq4j.internal.asm;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Writes machine code, one instruction or piece of data after the other. Not thread-safe.
 *
 * <pre>{@code
 * Assembler assembler = new Assembler(X64.PADDING);
 * Label again = assembler.newLabel("again");
 * assembler.bind(again);
 * assembler.emit(Insn.CMP_RM64_IMM8, Mem.at(Reg.RDI, 0), new Imm(0));
 * assembler.emit(Insn.JNE, again);
 * assembler.emit(Insn.RET);
 * byte[] code = assembler.finish().bytes();
 * }</pre>
 */
public final class Assembler {
  private final CodeBuffer code = new CodeBuffer();
  private final List<Line> lines = new ArrayList<>();
  private final Map<String, Label> labels = new HashMap<>();
  private final byte padding;
  private String note = "";

  /**
   * Makes an assembler.
   *
   * @param padding what {@link #align} fills gaps with: bytes that trap if they are run
   */
  public Assembler(byte padding) {
    this.padding = padding;
  }

  /**
   * Appends an instruction.
   *
   * @param operands in the order of the listing, the destination first
   * @throws IllegalArgumentException if the instruction does not take these operands; nothing is
   *     appended then
   */
  public void emit(Instruction insn, Operand... operands) {
    List<Operand> list = List.of(operands);
    insn.check(list);
    list.forEach(this::checkOwner);
    int start = position();
    insn.write(list, code);
    addLine(start, insn.text(list));
  }

  /**
   * Returns a new label, not yet bound.
   *
   * @throws IllegalArgumentException if another label has this name, which would make the listing
   *     ambiguous
   */
  public Label newLabel(String name) {
    Label label = new Label(name);
    if (labels.putIfAbsent(name, label) != null) {
      throw new IllegalArgumentException("there is a label " + name + " already");
    }
    return label;
  }

  /**
   * Binds a label to the current position.
   *
   * @throws IllegalStateException if it is bound already
   * @throws IllegalArgumentException if it is another assembler's
   */
  public void bind(Label label) {
    checkOwner(label);
    label.bind(position());
    addLine(position(), label.name() + ":");
  }

  /** Returns the number of bytes so far, which is the offset of what comes next. */
  public int position() {
    return code.position();
  }

  /**
   * Pads up to a multiple of {@code alignment} bytes from the start of the code.
   *
   * @throws IllegalArgumentException if {@code alignment} is not a power of two
   */
  public void align(int alignment) {
    if (Integer.bitCount(alignment) != 1 || alignment < 0) {
      throw new IllegalArgumentException("alignment is " + alignment + ", must be a power of two");
    }
    int start = position();
    int gap = -start & (alignment - 1);
    if (gap > 0) {
      IntStream.range(0, gap).forEach(_ -> code.int8(padding));
      addLine(start, ".balign " + alignment + ",0x" + HexFormat.of().toHexDigits(padding));
    }
  }

  /** Appends bytes as they are; none is nothing. */
  public void data(byte... bytes) {
    if (bytes.length > 0) {
      int start = position();
      code.bytes(bytes);
      addLine(start, ".byte " + HexFormat.ofDelimiter(",").withPrefix("0x").formatHex(bytes));
    }
  }

  /** Appends four bytes, the least significant first. */
  public void int32(int value) {
    int start = position();
    code.int32(value);
    addLine(start, ".long 0x" + Integer.toHexString(value));
  }

  /** Appends eight bytes, the least significant first. */
  public void int64(long value) {
    int start = position();
    code.int64(value);
    addLine(start, ".quad 0x" + Long.toHexString(value));
  }

  /** Attaches a note to each line from here to the next call; an empty one stands for none. */
  public void note(String note) {
    this.note = note;
  }

  /**
   * Returns the code so far, with all distances to labels filled in.
   *
   * @throws IllegalStateException naming a label that is used but not bound
   */
  public AssembledCode finish() {
    return new AssembledCode(code.resolved(), lines);
  }

  private void addLine(int start, String text) {
    lines.add(new Line(start, position() - start, text, note));
  }

  private void checkOwner(Operand operand) {
    Label label = operand.label();
    if (label != null && labels.get(label.name()) != label) {
      throw new IllegalArgumentException("label " + label + " is another assembler's");
    }
  }
}
