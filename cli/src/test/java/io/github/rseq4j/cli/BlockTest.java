package io.github.rseq4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlockTest {
  @TempDir private Path folder;

  @Test
  void aRecordIsALineWithItsEnd() throws IOException {
    assertThat(records("one\n\nthree\nrest")).containsExactly("one\n", "\n", "three\n", "rest");
  }

  @Test
  void theEndOfTheLastLineMakesNoOtherRecord() throws IOException {
    assertThat(records("one\n")).containsExactly("one\n");
  }

  @Test
  void aLongLineIsCutIntoPieces() throws IOException {
    String piece = "x".repeat(Block.MAX_RECORD);

    assertThat(records(piece + "yz\n")).containsExactly(piece, "yz\n");
    assertThat(records(piece + "\n" + piece)).containsExactly(piece, "\n", piece);
  }

  @Test
  void aBlockOfLineEndsIsAsManyRecords() throws IOException {
    assertThat(records("\n".repeat(Block.SIZE))).hasSize(Block.SIZE).containsOnly("\n");
  }

  @Test
  void theTypeIsThePositionInAllInput() throws IOException {
    Block block = read("ab\ncd\n", (1L << 32) + 7);
    block.cut();

    assertThat(block.type(0)).isEqualTo(7);
    assertThat(block.type(1)).isEqualTo(10);
  }

  @Test
  void aFileThatEndsTooEarlyIsNoticed() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "1234");
    try (FileChannel channel = FileChannel.open(file)) {
      Block block = new Block();

      assertThat(block.read(channel, 2, 2, 0)).isTrue();
      assertThat(block.read(channel, 2, 3, 0)).isFalse();
    }
  }

  private List<String> records(String text) throws IOException {
    Block block = read(text, 0);
    assertThat(block.records()).isZero();
    block.cut();
    List<String> records = new ArrayList<>();
    for (int i = 0; i < block.records(); i++) {
      int length = block.end(i) - block.start(i);
      records.add(new String(block.bytes(), block.start(i), length, StandardCharsets.ISO_8859_1));
    }
    return records;
  }

  private Block read(String text, long position) throws IOException {
    Path file = Files.writeString(folder.resolve("file"), text);
    Block block = new Block();
    try (FileChannel channel = FileChannel.open(file)) {
      assertThat(block.read(channel, 0, text.length(), position)).isTrue();
    }
    assertThat(block.length()).isEqualTo(text.length());
    return block;
  }
}
