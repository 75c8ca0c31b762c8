package io.github.rseq4j.sequence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** librseq's operations as they are, and on the interpreter. */
class LibrseqSequencesTest {
  @Nested
  class Interpreted extends LibrseqContract {
    Interpreted() {
      super((sequence, slice, arguments) -> Frame.run(sequence, slice, 0, arguments));
    }
  }

  @Test
  void onlyThoseNamedReleaseRelease() {
    assertThat(LibrseqSequences.all())
        .allSatisfy(
            sequence ->
                assertThat(sequence.toString().contains("commit.release64"))
                    .isEqualTo(sequence.name().endsWith("_release")));
  }

  @Test
  void thoseThatPrepareMemoryHaveBothOrders() {
    List<String> names = LibrseqSequences.all().stream().map(Sequence::name).toList();
    assertThat(names)
        .doesNotHaveDuplicates()
        .contains(
            "load_cbne_store_store_release",
            "load_cbne_memcpy_store_release",
            "load_cbne_memcpy_out_store_release")
        .containsAll(names.stream().map(name -> name.replace("_release", "")).distinct().toList());
  }
}
