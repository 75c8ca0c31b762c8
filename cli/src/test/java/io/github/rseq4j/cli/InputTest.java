package io.github.rseq4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InputTest {
  private static final int SEED = 42;

  @TempDir private Path folder;

  @Test
  void thePartsAreAllOfTheFilesInOrder() throws Exception {
    byte[] first = bytes(Block.SIZE * 5 + 1);
    byte[] second = bytes(Block.SIZE);
    byte[] third = bytes(3);
    Input input =
        new Input(
            List.of(
                file("first", first),
                file("empty", new byte[0]),
                file("second", second),
                file("third", third)));

    assertThat(input.files()).isEqualTo(4);
    assertThat(input.bytes()).isEqualTo(first.length + second.length + third.length);
    for (int parts : new int[] {1, 2, 3, 16}) {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      for (int part = 0; part < parts; part++) {
        all.write(read(input.part(part, parts)));
      }
      assertThat(all.toByteArray()).isEqualTo(concatenated(first, second, third));
    }
  }

  @Test
  void theFirstBlocksAreAsManyAsThereAre() throws Exception {
    byte[] content = bytes(Block.SIZE * 2 + 1);
    Input input = new Input(List.of(file("file", content)));

    assertThat(read(input.first(1))).hasSize(Block.SIZE);
    assertThat(read(input.first(1000))).isEqualTo(content);
  }

  @Test
  void noFilesAreAnEmptyInput() throws Exception {
    assertThat(read(new Input(List.of()).part(0, 1))).isEmpty();
  }

  @Test
  void whatIsAppendedIsLeftOut() throws Exception {
    Path file = file("file", bytes(10));
    Input input = new Input(List.of(file));
    Files.write(file, bytes(100), StandardOpenOption.APPEND);

    assertThat(read(input.part(0, 1))).hasSize(10);
  }

  @Test
  void aFileThatBecomesShorterIsRefused() throws Exception {
    Path file = file("file", bytes(10));
    Input input = new Input(List.of(file));
    Files.write(file, bytes(9));

    assertThatThrownBy(() -> read(input.part(0, 1)))
        .isInstanceOf(BadInputException.class)
        .hasMessage("%s was 10 bytes long and has become shorter", file);
  }

  @Test
  void aFileThatIsRemovedIsRefused() throws Exception {
    Path file = file("file", bytes(10));
    Input input = new Input(List.of(file));
    Files.delete(file);

    assertThatThrownBy(() -> read(input.part(0, 1)))
        .isInstanceOf(BadInputException.class)
        .hasMessage("cannot read %s: there is no such file", file);
  }

  private static byte[] read(Input.Blocks blocks) throws BadInputException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try (Input.Reader reader = blocks.reader(new Buffers.Single())) {
      while (reader.next()) {
        all.write(reader.block().bytes(), 0, reader.block().length());
      }
    }
    return all.toByteArray();
  }

  private Path file(String name, byte[] content) throws IOException {
    return Files.write(folder.resolve(name), content);
  }

  private static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    new Random(SEED + length).nextBytes(bytes);
    return bytes;
  }

  private static byte[] concatenated(byte[]... arrays) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] array : arrays) {
      all.write(array);
    }
    return all.toByteArray();
  }
}
