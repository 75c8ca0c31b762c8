package io.github.rseq4j.internal.compile.bytecode;

import io.github.rseq4j.internal.asm.Line;
import io.github.rseq4j.internal.asm.Listing;
import io.github.rseq4j.sequence.Operand;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Instruction;
import java.lang.classfile.Label;
import java.lang.classfile.MethodModel;
import java.lang.classfile.TypeKind;
import java.lang.classfile.attribute.CodeAttribute;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.ConstantInstruction.IntrinsicConstantInstruction;
import java.lang.classfile.instruction.ExceptionCatch;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LineNumber;
import java.lang.classfile.instruction.LoadInstruction;
import java.lang.classfile.instruction.StoreInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDesc;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** Lists the code of one method, as it stands in the class file. */
final class BytecodeListing {
  private final MethodModel method;
  private final CodeAttribute code;
  private final Notes notes;

  /** The names of labels, by the offset of the code behind them. */
  private final Map<Integer, String> labels = new HashMap<>();

  private final List<Line> lines = new ArrayList<>();

  private BytecodeListing(MethodModel method, Notes notes) {
    this.method = method;
    this.code = (CodeAttribute) method.code().orElseThrow();
    this.notes = notes;
  }

  /** Returns the code of all methods of a class. */
  static String of(byte[] classFile, Map<String, Notes> notes) {
    List<String> listings = new ArrayList<>();
    for (MethodModel method : ClassFile.of().parse(classFile).methods()) {
      Notes own = Objects.requireNonNull(notes.get(method.methodName().stringValue()));
      listings.add(new BytecodeListing(method, own).list());
    }
    return String.join("\n", listings);
  }

  private String list() {
    lines.add(label(signature()));
    nameLabels();
    String note = "";
    int offset = 0;
    for (CodeElement element : code) {
      switch (element) {
        case LineNumber line -> {
          note = notes.get(line.line()).text();
          notes.get(line.line()).labels().forEach(name -> lines.add(label(name + ":")));
        }
        case Instruction instruction -> {
          lines.add(new Line(offset, instruction.sizeInBytes(), text(instruction), note));
          offset += instruction.sizeInBytes();
        }
        default -> {}
      }
    }
    for (CodeElement element : code) {
      if (element instanceof ExceptionCatch handler) {
        lines.add(
            label(
                "what is thrown in %04x..%04x goes to %s"
                    .formatted(
                        code.labelToBci(handler.tryStart()),
                        code.labelToBci(handler.tryEnd()),
                        name(handler.handler()))));
      }
    }
    return Listing.of(code.codeArray(), lines);
  }

  private static Line label(String text) {
    return new Line(0, 0, text, "");
  }

  private void nameLabels() {
    int offset = 0;
    for (CodeElement element : code) {
      if (element instanceof LineNumber line && !notes.get(line.line()).labels().isEmpty()) {
        labels.put(offset, notes.get(line.line()).labels().getFirst());
      } else if (element instanceof Instruction instruction) {
        offset += instruction.sizeInBytes();
      }
    }
  }

  private String signature() {
    StringBuilder text = new StringBuilder(method.methodName().stringValue()).append('(');
    int slot = 0;
    for (ClassDesc type : method.methodTypeSymbol().parameterList()) {
      text.append(slot == 0 ? "" : ", ").append(notes.variable(slot));
      slot += TypeKind.from(type).slotSize();
    }
    return text.append(")").toString();
  }

  private String text(Instruction instruction) {
    String mnemonic = instruction.opcode().name().toLowerCase(Locale.ROOT);
    return switch (instruction) {
      case LoadInstruction load -> mnemonic + " " + notes.variable(load.slot());
      case StoreInstruction store -> mnemonic + " " + notes.variable(store.slot());
      case BranchInstruction branch -> mnemonic + " " + name(branch.target());
      case InvokeInstruction invoke -> mnemonic + " " + called(invoke);
      case IntrinsicConstantInstruction _ -> mnemonic;
      case ConstantInstruction constant -> mnemonic + " " + number(constant.constantValue());
      default -> mnemonic;
    };
  }

  private String called(InvokeInstruction invoke) {
    String name = invoke.name().stringValue();
    ClassEntry own = method.parent().orElseThrow().thisClass();
    return invoke.owner().equals(own) ? name : invoke.owner().asSymbol().displayName() + "." + name;
  }

  private static String number(ConstantDesc constant) {
    return constant instanceof Long number
        ? new Operand.Constant(number).toString()
        : constant.toString();
  }

  private String name(Label label) {
    return Objects.requireNonNull(labels.get(code.labelToBci(label)));
  }
}
