package io.github.rseq4j.cli;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A platform thread that reads while others write.
 *
 * <p>What it has done is visible to whoever has closed it.
 */
final class Drain implements AutoCloseable {
  /** How long it rests when nothing was there to read, or a writer when there was no room. */
  private static final long REST_NANOS = TimeUnit.MICROSECONDS.toNanos(20);

  private final IntSupplier read;
  private final Thread thread;
  private volatile boolean written;
  private volatile @Nullable Throwable failure;

  private Drain(IntSupplier read) {
    this.read = read;
    this.thread = Thread.ofPlatform().name("reader").unstarted(this::readAll);
  }

  /**
   * Starts reading.
   *
   * @param read reads what there is, or some of it, and returns how much that was
   */
  static Drain start(IntSupplier read) {
    Drain drain = new Drain(read);
    drain.thread.start();
    return drain;
  }

  /**
   * Lets the reader run, for a writer that finds no room.
   *
   * @throws IllegalStateException if the reader has failed, so there will never be any
   */
  void awaitRoom() {
    if (failure != null) {
      throw new IllegalStateException("the reader has failed");
    }
    LockSupport.parkNanos(REST_NANOS);
  }

  /**
   * Waits until all that was written before is read, and ends the thread.
   *
   * @throws IllegalStateException if reading has failed
   */
  @Override
  public void close() {
    written = true;
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException _) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (failure != null) {
      throw new IllegalStateException(failure);
    }
  }

  private void readAll() {
    try {
      while (true) {
        boolean last = written; // before reading: what is written by then is read below
        if (read.getAsInt() == 0) {
          if (last) {
            return;
          }
          LockSupport.parkNanos(REST_NANOS);
        }
      }
    } catch (RuntimeException | Error e) {
      failure = e;
    }
  }
}
