package io.github.rseq4j.internal.compile.bytecode;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the code of one method is for, and what its labels and variables are called.
 *
 * <p>The line numbers of the method are the numbers of its notes, from 1, so that a listing can be
 * made of the class file.
 */
final class Notes {
  /**
   * A note.
   *
   * @param labels the names of the labels before the code that it is about
   * @param text what the code is for
   */
  record Note(List<String> labels, String text) {}

  private final List<Note> notes = new ArrayList<>();
  private final List<String> labels = new ArrayList<>();
  private final Map<String, Integer> uses = new HashMap<>();
  private final Map<Integer, String> variables = new HashMap<>();

  /** Binds a label. A note must follow before the next instruction. */
  void bind(CodeBuilder code, Label label, String name) {
    labels.add(unique(name));
    code.labelBinding(label);
  }

  /** Says what the code from here on is for. */
  void note(CodeBuilder code, String text) {
    notes.add(new Note(List.copyOf(labels), text));
    labels.clear();
    code.lineNumber(notes.size());
  }

  /** Says what the variable in a slot is called. */
  void variable(int slot, String name) {
    variables.put(slot, unique(name));
  }

  /** Returns the note of a line number. */
  Note get(int line) {
    return notes.get(line - 1);
  }

  /** Returns the name of the variable in a slot. */
  String variable(int slot) {
    return variables.getOrDefault(slot, Integer.toString(slot));
  }

  private String unique(String name) {
    int count = uses.merge(name, 1, Integer::sum);
    return count == 1 ? name : name + "#" + count;
  }
}
