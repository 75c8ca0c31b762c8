package io.github.rseq4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class WorkersTest {
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theyRunAtTheSameTime(boolean virtual) throws Exception {
    int threads = 5;
    CountDownLatch all = new CountDownLatch(threads);
    List<String> results =
        new Workers(threads, virtual)
            .run(
                i ->
                    () -> {
                      all.countDown();
                      await(all);
                      return i + " " + Thread.currentThread().isVirtual();
                    });

    assertThat(results)
        .containsExactly(
            "0 " + virtual, "1 " + virtual, "2 " + virtual, "3 " + virtual, "4 " + virtual);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatOneThrowsIsThrown(boolean virtual) {
    Workers workers = new Workers(3, virtual);

    assertThatThrownBy(() -> workers.run(WorkersTest::refuse))
        .isInstanceOf(BadInputException.class)
        .hasMessage("the input");
    assertThatThrownBy(() -> workers.run(WorkersTest::fail))
        .isInstanceOf(IllegalStateException.class)
        .hasRootCauseMessage("a mistake");
  }

  private static Workers.Task<Integer> refuse(int worker) {
    return () -> {
      if (worker == 1) {
        throw new BadInputException("the input");
      }
      return worker;
    };
  }

  private static Workers.Task<Integer> fail(int worker) {
    return () -> {
      if (worker == 1) {
        throw new UnsupportedOperationException("a mistake");
      }
      return worker;
    };
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
