package io.github.rseq4j.internal.compile.rv64;

import io.github.rseq4j.internal.asm.Encoding;
import io.github.rseq4j.internal.asm.Field;
import io.github.rseq4j.internal.asm.Scaled;
import io.github.rseq4j.internal.asm.WordFormat;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How one instruction is written: its text in a listing, with these in the place of operands. Lower
 * case letters in them are fields of the {@link Encoding}, which set the range of numbers.
 *
 * <pre>{@code
 * Xd              a general-purpose register
 * Fd              a floating-point register
 * +-i             a number with a sign
 * 0xi             a number without, which listings show in hexadecimal
 * pc+-2*h:i       a label, as half the distance from this instruction, with h the high bits
 * %pcrel_hi(pc):i a label, as what auipc adds to come near it
 * %pcrel_lo(pc):i a label, as what is missing after an auipc right before
 * +-i:j(Xs)       memory at a base register and an offset, with i the high bits
 * (Xs)            memory at a base register
 * }</pre>
 */
final class Syntax {
  private static final Pattern OPERAND =
      Pattern.compile(
          "(?<offset>\\+-[a-z](?::[a-z])*)?\\(X(?<base>[a-z])\\)"
              + "|\\b(?<bank>[XF])(?<register>[a-z])"
              + "|(?<signed>\\+-[a-z])"
              + "|0x(?<hex>[a-z])"
              + "|%pcrel_(?<part>hi|lo)\\(pc\\):(?<partial>[a-z])"
              + "|pc\\+-2\\*(?<distance>[a-z](?::[a-z])*)");

  private final Encoding encoding;

  private Syntax(Encoding encoding) {
    this.encoding = encoding;
  }

  /**
   * Parses how an instruction is written.
   *
   * @param notation the text, such as {@code "sd Xt,+-i:j(Xs)"}
   * @param encoding where the fields are
   */
  static WordFormat<OperandKind> parse(String notation, Encoding encoding) {
    return new WordFormat<>(notation, encoding, OPERAND, new Syntax(encoding)::kind);
  }

  private OperandKind kind(MatchResult operand) {
    if (operand.group("base") != null) {
      return new OperandKind.BaseOffset(
          encoding.field(operand.group("base")), number(operand.group("offset"), true, 1));
    }
    if (operand.group("register") != null) {
      Field field = encoding.field(operand.group("register"));
      return operand.group("bank").equals("X")
          ? new OperandKind.General(field)
          : new OperandKind.FloatingPoint(field);
    }
    if (operand.group("signed") != null) {
      return new OperandKind.Immediate(number(operand.group("signed"), true, 1), false);
    }
    if (operand.group("hex") != null) {
      return new OperandKind.Immediate(number(operand.group("hex"), false, 1), true);
    }
    if (operand.group("part") != null) {
      return new OperandKind.PcRelative(
          encoding.field(operand.group("partial")), operand.group("part").equals("hi"));
    }
    return new OperandKind.Target(number(operand.group("distance"), true, 2));
  }

  private Scaled number(@Nullable String letters, boolean signed, int scale) {
    return letters == null
        ? new Scaled(encoding.field(""), false, 1)
        : new Scaled(encoding.field(letters.replaceAll("\\W", "")), signed, scale);
  }
}
