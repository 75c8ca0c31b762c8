package io.github.rseq4j.internal.compile.a64;

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
 * Xd, Wd          64 or 32 bits of a general-purpose register, of which number 31 is zero
 * Xd|SP           the same, but number 31 is the stack pointer
 * Qd, Dd          128 or 64 bits of a vector register
 * cond            a condition, in c
 * #i              a number
 * #0xi            a number that listings show in hexadecimal
 * #8*i            a multiple of 8, divided by that
 * #+-i            a number with a sign
 * #wide           a 16-bit part, its place in h and its value in i, of a number otherwise 0
 * #~wide          the same of the number's complement
 * #bitmask        a number as Bitmask encodes it in N:r:s
 * #bitmask-wide   the same, but not what #wide or #~wide stands for
 * #left           a distance to shift left by, as ubfm encodes it in r:s
 * pc+-4*i         a label, as the distance from this instruction
 * pc+-j:i         a label, with j the high and i the low bits of the distance
 * [Xn|SP]         memory at a base register
 * [Xn|SP, #8*i]   memory at a base register and an offset
 * [Xn|SP, #8*i]!  the same, pre-indexed
 * [Xn|SP], #8*i   the same, post-indexed
 * [Xn|SP, Xm]     memory at a base and an index register
 * [Xn|SP, Xm, lsl #3*x]
 *                 the same, the index shifted by 0 or 3
 * }</pre>
 */
final class Syntax {
  private static final String NUMBER = "(?:\\+-)?(?:\\d+\\*)?[a-z](?::[a-z])*";
  private static final Pattern OPERAND =
      Pattern.compile(
          ("\\[X(?<base>[a-z])\\|SP(?:, X(?<index>[a-z])(?:, lsl #(?<shift>NUMBER))?"
                  + "|, #(?<offset>NUMBER))?](?:(?<pre>!)|, #(?<post>NUMBER))?"
                  + "|\\b(?<bank>[XWQD])(?<register>[a-z])(?<sp>\\|SP)?"
                  + "|#(?<special>~?wide|bitmask(?:-wide)?|left)"
                  + "|#(?<hex>0x)?(?<immediate>NUMBER)"
                  + "|pc(?<distance>NUMBER)"
                  + "|(?<condition>cond)")
              .replace("NUMBER", NUMBER));

  private final Encoding encoding;

  private Syntax(Encoding encoding) {
    this.encoding = encoding;
  }

  /**
   * Parses how an instruction is written.
   *
   * @param notation the text, such as {@code "ldr Xt, [Xn|SP, #8*i]"}
   * @param encoding where the fields are
   */
  static WordFormat<OperandKind> parse(String notation, Encoding encoding) {
    return new WordFormat<>(notation, encoding, OPERAND, new Syntax(encoding)::kind);
  }

  private OperandKind kind(MatchResult operand) {
    if (operand.group("base") != null) {
      return memory(operand);
    }
    if (operand.group("bank") != null) {
      return register(operand);
    }
    if (operand.group("immediate") != null) {
      return new OperandKind.Immediate(
          number(operand.group("immediate")), operand.group("hex") != null);
    }
    if (operand.group("distance") != null) {
      return new OperandKind.Target(number(operand.group("distance")));
    }
    return switch (operand.group("special")) {
      case "wide" -> new OperandKind.Wide(encoding.field("hi"), false);
      case "~wide" -> new OperandKind.Wide(encoding.field("hi"), true);
      case "bitmask" -> new OperandKind.Logical(encoding.field("Nrs"), false);
      case "bitmask-wide" -> new OperandKind.Logical(encoding.field("Nrs"), true);
      case "left" -> new OperandKind.LeftShift(encoding.field("rs"));
      case null, default -> new OperandKind.Condition(encoding.field("c"));
    };
  }

  private OperandKind memory(MatchResult operand) {
    Field base = encoding.field(operand.group("base"));
    if (operand.group("index") != null) {
      Field index = encoding.field(operand.group("index"));
      return new OperandKind.BaseIndex(base, index, number(operand.group("shift")));
    }
    if (operand.group("post") != null) {
      return new OperandKind.BaseOffset(base, number(operand.group("post")), Mem.Indexing.POST);
    }
    Mem.Indexing indexing = operand.group("pre") == null ? Mem.Indexing.NONE : Mem.Indexing.PRE;
    return new OperandKind.BaseOffset(base, number(operand.group("offset")), indexing);
  }

  private OperandKind register(MatchResult operand) {
    Field field = encoding.field(operand.group("register"));
    boolean sp = operand.group("sp") != null;
    return switch (operand.group("bank")) {
      case "W" -> new OperandKind.General(field, 32, sp);
      case "X" -> new OperandKind.General(field, 64, sp);
      case "D" -> new OperandKind.Vector(field, 64);
      default -> new OperandKind.Vector(field, 128);
    };
  }

  private Scaled number(@Nullable String notation) {
    if (notation == null) {
      return new Scaled(encoding.field(""), false, 1);
    }
    String unsigned = notation.replace("+-", "");
    int star = unsigned.indexOf('*');
    int scale = star < 0 ? 1 : Integer.parseInt(unsigned.substring(0, star));
    Field field = encoding.field(unsigned.substring(star + 1).replace(":", ""));
    return new Scaled(field, !unsigned.equals(notation), scale);
  }
}
