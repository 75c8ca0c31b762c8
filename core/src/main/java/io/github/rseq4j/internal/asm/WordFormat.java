package io.github.rseq4j.internal.asm;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An instruction of 32 bits, as a line of a processor's table has it: its text, with places for
 * operands, and its bits, with fields for them.
 *
 * @param <P> the places of a processor
 */
public final class WordFormat<P extends WordFormat.Place> {
  /** What an instruction takes at one place, and how that is encoded and written. */
  public interface Place {
    /** Returns whether an operand can stand here. */
    boolean accepts(Operand operand);

    /** Returns what can stand here, for a message. */
    String expectation();

    /**
     * Returns the bits that an operand that can stand here sets in the instruction; of a label,
     * which comes later, none.
     */
    int bits(Operand operand);

    /** Returns the listing's text of an operand that can stand here. */
    default String text(Operand operand) {
      return operand.toString();
    }

    /**
     * Has an operand's bits that are not known yet filled in later.
     *
     * @param instruction the one that comes next, for a message
     */
    default void patch(Operand operand, String instruction, CodeBuffer out) {}
  }

  /** An operand that the hardware knows by a number: a register, a condition. */
  public interface Numbered extends Operand {
    /** Returns the number. */
    int number();
  }

  /** A place for operands that have numbers. */
  public interface NumberedPlace extends Place {
    /** Returns the field that holds the number. */
    Field field();

    @Override
    default int bits(Operand operand) {
      return field().put(((Numbered) operand).number());
    }
  }

  /** A place for a number that is encoded as it is. */
  public interface ImmediatePlace extends Place {
    /** Returns which numbers fit, and where they go. */
    Scaled number();

    @Override
    default boolean accepts(Operand operand) {
      return operand instanceof Imm(long value) && number().fits(value);
    }

    @Override
    default String expectation() {
      return "an immediate " + number();
    }

    @Override
    default int bits(Operand operand) {
      return number().put(((Imm) operand).value());
    }
  }

  /** A place for a label. */
  public interface LabelPlace extends Place {
    @Override
    default boolean accepts(Operand operand) {
      return operand instanceof Label;
    }

    @Override
    default String expectation() {
      return "a label";
    }

    @Override
    default int bits(Operand operand) {
      return 0;
    }
  }

  private final String notation;
  private final Encoding encoding;
  private final List<P> places = new ArrayList<>();

  /** What stands before each operand and after the last. */
  private final List<String> literals = new ArrayList<>();

  /**
   * Parses how an instruction is written.
   *
   * @param notation the text, with notations in the places of operands
   * @param encoding the bits
   * @param operand the notations of operands
   * @param place returns the place that a notation stands for
   */
  public WordFormat(
      String notation, Encoding encoding, Pattern operand, Function<MatchResult, P> place) {
    this.notation = notation;
    this.encoding = encoding;
    Matcher matcher = operand.matcher(notation);
    int end = 0;
    while (matcher.find()) {
      literals.add(notation.substring(end, matcher.start()));
      places.add(place.apply(matcher));
      end = matcher.end();
    }
    literals.add(notation.substring(end));
  }

  /** Returns what the operands may be, in the order of the text. */
  public List<P> places() {
    return places;
  }

  /** Returns the bits. */
  public Encoding encoding() {
    return encoding;
  }

  /** Returns why the instruction does not take these operands, or null if it does. */
  public @Nullable String refusal(List<Operand> operands) {
    if (operands.size() != places.size()) {
      return "takes %d operands, not the %d of %s"
          .formatted(places.size(), operands.size(), operands);
    }
    for (int i = 0; i < operands.size(); i++) {
      P place = places.get(i);
      if (!place.accepts(operands.get(i))) {
        return "operand %d is %s, must be %s"
            .formatted(i + 1, operands.get(i), place.expectation());
      }
    }
    return null;
  }

  /** Returns the instruction with operands that it takes. */
  public int word(List<Operand> operands) {
    int word = encoding.word();
    for (int i = 0; i < operands.size(); i++) {
      word |= places.get(i).bits(operands.get(i));
    }
    return word;
  }

  /** Returns the text with operands that the instruction takes. */
  public String text(List<Operand> operands) {
    StringBuilder text = new StringBuilder(literals.getFirst());
    for (int i = 0; i < places.size(); i++) {
      text.append(places.get(i).text(operands.get(i))).append(literals.get(i + 1));
    }
    return text.toString();
  }

  /**
   * Appends the instruction with operands that it takes.
   *
   * @throws IllegalStateException if the code so far does not end at a multiple of 4
   */
  public void write(List<Operand> operands, CodeBuffer out) {
    if (out.position() % Integer.BYTES != 0) {
      throw new IllegalStateException(
          "%s: is at 0x%x, must be at a multiple of 4".formatted(notation, out.position()));
    }
    for (int i = 0; i < operands.size(); i++) {
      places.get(i).patch(operands.get(i), notation, out);
    }
    out.int32(word(operands));
  }

  /** Returns the text with its notations. */
  @Override
  public String toString() {
    return notation;
  }
}
