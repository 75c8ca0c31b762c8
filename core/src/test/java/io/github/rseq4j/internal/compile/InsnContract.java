package io.github.rseq4j.internal.compile;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rseq4j.internal.asm.Disassembled;
import io.github.rseq4j.internal.asm.GoldenRow;
import io.github.rseq4j.internal.asm.Objdump;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The rows of a processor's table against the file {@code insn.golden} of the test's package. */
public abstract class InsnContract {
  private final Map<String, List<GoldenRow>> goldens = GoldenRow.read(getClass());
  private final Enum<?>[] table;
  private final Objdump objdump;

  /**
   * Makes the contract.
   *
   * @param table all rows
   * @param objdump what reads their code
   */
  protected InsnContract(Enum<?>[] table, Objdump objdump) {
    this.table = table;
    this.objdump = objdump;
  }

  /** Returns the golden rows of an instruction. */
  protected final List<GoldenRow> goldens(Enum<?> insn) {
    return goldens.getOrDefault(insn.name(), List.of());
  }

  @Test
  public void goldenFileHasNoOtherRows() {
    assertThat(goldens.keySet())
        .containsExactlyInAnyOrderElementsOf(Arrays.stream(table).map(Enum::name).toList());
  }

  @Test
  public void goldenFileIsWhatObjdumpReads() throws IOException {
    List<GoldenRow> all = goldens.values().stream().flatMap(List::stream).toList();
    List<Disassembled> actual = objdump.read(GoldenRow.bytes(all));
    assertThat(actual)
        .extracting(row -> row.bytes() + " " + row.text())
        .isEqualTo(GoldenRow.disassembled(all));
  }
}
