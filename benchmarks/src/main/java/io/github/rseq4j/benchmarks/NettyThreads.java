package io.github.rseq4j.benchmarks;

import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.List;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** What makes JMH run benchmarks on threads of Netty's own class. */
public final class NettyThreads extends ThreadPoolExecutor {
  /** The options of a JVM in which it does so. */
  static final List<String> JVM_ARGS =
      List.of("-Djmh.executor=CUSTOM", "-Djmh.executor.class=" + NettyThreads.class.getName());

  /**
   * Makes as many threads as are needed; JMH calls it.
   *
   * @param threads how many at most
   * @param prefix what their names begin with
   */
  public NettyThreads(int threads, String prefix) {
    super(
        0,
        threads,
        1,
        TimeUnit.MINUTES,
        new SynchronousQueue<>(),
        task -> {
          Thread thread = new FastThreadLocalThread(task, prefix);
          thread.setDaemon(true);
          return thread;
        });
  }

  /**
   * Throws unless the calling thread is one.
   *
   * @throws IllegalStateException if so, with the options that are missing
   */
  static void check() {
    if (!(Thread.currentThread() instanceof FastThreadLocalThread)) {
      throw new IllegalStateException(
          "JMH's threads are not Netty's: start it with -jvmArgsPrepend '%s'"
              .formatted(String.join(" ", JVM_ARGS)));
    }
  }
}
