package io.github.rseq4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DrainTest {
  @Test
  void allThatWasWrittenIsReadWhenItIsClosed() {
    int count = 10_000;
    ConcurrentLinkedQueue<Integer> queue = new ConcurrentLinkedQueue<>();
    AtomicInteger read = new AtomicInteger();
    try (Drain drain =
        Drain.start(() -> queue.poll() == null ? 0 : Math.min(1, read.incrementAndGet()))) {
      for (int i = 0; i < count; i++) {
        queue.add(i);
        if (i % 1000 == 0) {
          drain.awaitRoom();
        }
      }
    }

    assertThat(read).hasValue(count);
  }

  @Test
  void aWriterIsToldThatTheReaderHasFailed() {
    Drain drain =
        Drain.start(
            () -> {
              throw new IllegalArgumentException("the reason");
            });

    assertThatThrownBy(
            () -> {
              while (true) {
                drain.awaitRoom();
              }
            })
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(drain::close)
        .isInstanceOf(IllegalStateException.class)
        .hasRootCauseMessage("the reason");
  }
}
