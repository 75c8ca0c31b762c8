package io.github.rseq4j.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Some files, as one row of blocks that threads take in turn.
 *
 * <p>The files may be read any number of times. What is appended to one in the meantime is left
 * out.
 */
final class Input {
  /**
   * A file's place in the row.
   *
   * @param path the file
   * @param bytes its size at first
   * @param position the number of bytes before it
   * @param firstBlock the number of blocks before it
   */
  private record Part(Path path, long bytes, long position, long firstBlock) {
    long blocks() {
      return Math.ceilDiv(bytes, Block.SIZE);
    }
  }

  private final List<Part> parts = new ArrayList<>();
  private long bytes;
  private long blocks;

  /**
   * Looks at the files.
   *
   * @throws BadInputException if one is not there, is no regular file, or cannot be read
   */
  Input(List<Path> files) throws BadInputException {
    for (Path file : files) {
      Part part = new Part(file, size(file), bytes, blocks);
      parts.add(part);
      bytes += part.bytes;
      blocks += part.blocks();
    }
  }

  /** Returns how many files there are. */
  int files() {
    return parts.size();
  }

  /** Returns how many bytes there are. */
  long bytes() {
    return bytes;
  }

  /** Deals out the first blocks, at most {@code limit}, to any number of readers. */
  Blocks first(long limit) {
    return new Blocks(0, Math.min(limit, blocks));
  }

  /** Deals out the blocks of one part of {@code count} equal ones, numbered from 0. */
  Blocks part(int part, int count) {
    return new Blocks(blocks * part / count, blocks * (part + 1) / count);
  }

  /** Blocks to be dealt out, each once. */
  final class Blocks {
    private final AtomicLong next;
    private final long end;

    private Blocks(long begin, long end) {
      this.next = new AtomicLong(begin);
      this.end = end;
    }

    /** Makes a reader, for one thread. */
    Reader reader(Buffers buffers) {
      return new Reader(this, buffers);
    }
  }

  /** Reads the blocks that its thread is dealt. */
  final class Reader implements AutoCloseable {
    private final Blocks source;
    private final Buffers buffers;
    private @Nullable Block block;
    private @Nullable Part part;
    private @Nullable FileChannel channel;

    private Reader(Blocks source, Buffers buffers) {
      this.source = source;
      this.buffers = buffers;
    }

    /**
     * Gives the last block back and reads the next one.
     *
     * @return whether there was one
     * @throws BadInputException if it cannot be read any more
     */
    boolean next() throws BadInputException {
      giveBack();
      long number = source.next.getAndIncrement();
      if (number >= source.end) {
        return false;
      }
      Part owner = partOf(number);
      try {
        FileChannel open = open(owner);
        long offset = (number - owner.firstBlock) * Block.SIZE;
        int length = (int) Math.min(Block.SIZE, owner.bytes - offset);
        Block next = buffers.take();
        block = next;
        if (!next.read(open, offset, length, owner.position + offset)) {
          throw new BadInputException(
              "%s was %d bytes long and has become shorter".formatted(owner.path, owner.bytes));
        }
        return true;
      } catch (IOException e) {
        throw unreadable(owner.path, e);
      }
    }

    /** Returns the block that was read last, until the next one is read. */
    Block block() {
      return Objects.requireNonNull(block);
    }

    private void giveBack() {
      Block last = block;
      if (last != null) {
        block = null;
        buffers.give(last);
      }
    }

    @Override
    public void close() throws BadInputException {
      giveBack();
      if (channel != null && part != null) {
        try {
          channel.close();
        } catch (IOException e) {
          throw unreadable(part.path, e);
        }
      }
    }

    private FileChannel open(Part wanted) throws IOException {
      FileChannel open = channel;
      if (open == null || !wanted.equals(part)) {
        if (open != null) {
          open.close();
        }
        open = FileChannel.open(wanted.path);
        channel = open;
        part = wanted;
      }
      return open;
    }
  }

  private Part partOf(long block) {
    int low = 0;
    int high = parts.size() - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (parts.get(middle).firstBlock <= block) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return parts.get(low);
  }

  private static long size(Path file) throws BadInputException {
    if (Files.isDirectory(file)) {
      throw new BadInputException("%s is a directory, not a file".formatted(file));
    }
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new BadInputException("%s is not a regular file".formatted(file));
    }
    try (FileChannel channel = FileChannel.open(file)) {
      return channel.size();
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static BadInputException unreadable(Path file, IOException e) {
    String reason =
        switch (e) {
          case NoSuchFileException _ -> "there is no such file";
          case AccessDeniedException _ -> "permission denied";
          case FileSystemException system when system.getReason() != null -> system.getReason();
          default -> String.valueOf(e.getMessage());
        };
    return new BadInputException("cannot read %s: %s".formatted(file, reason));
  }
}
