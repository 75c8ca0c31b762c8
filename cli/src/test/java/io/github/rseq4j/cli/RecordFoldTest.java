package io.github.rseq4j.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.rseq4j.cli.RecordFold.RecordTally;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class RecordFoldTest {
  @Test
  void theOrderDoesNotMatter() {
    assertThat(fold("0:one", "4:two", "8:three")).isEqualTo(fold("8:three", "0:one", "4:two"));
  }

  @Test
  void whatIsWrongMatters() {
    RecordTally right = fold("0:one", "4:two", "8:one");

    assertThat(fold("0:one", "4:two")).isNotEqualTo(right);
    assertThat(fold("0:one", "4:two", "8:onf")).isNotEqualTo(right);
    assertThat(fold("0:two", "4:one", "8:one")).isNotEqualTo(right);
    assertThat(fold("0:one", "4:two", "0:one")).isNotEqualTo(right);
    assertThat(fold("0:one", "4:two", "-8:one")).isNotEqualTo(right);
  }

  @Test
  void aRecordInMemoryIsTheSameAsInAnArray() {
    RecordFold fromMemory = new RecordFold();
    fromMemory.onRecord(-5, MemorySegment.ofArray("..bytes..".getBytes(US_ASCII)), 2, 5);

    assertThat(fromMemory.tally()).isEqualTo(fold("-5:bytes"));
    assertThat(fromMemory.tally().records()).isEqualTo(1);
    assertThat(fromMemory.tally().bytes()).isEqualTo(5);
  }

  private static RecordTally fold(String... records) {
    RecordFold fold = new RecordFold();
    for (String record : records) {
      int colon = record.indexOf(':');
      byte[] bytes = record.substring(colon + 1).getBytes(US_ASCII);
      fold.add(Integer.parseInt(record.substring(0, colon)), bytes, 0, bytes.length);
    }
    return fold.tally();
  }
}
