package io.github.rseq4j.benchmarks;

import io.github.rseq4j.percpu.PerCpuLongAdder;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.opentelemetry.api.metrics.LongCounter;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jctools.counters.CountersFactory;
import org.jctools.counters.FixedSizeStripedLongCounter;

/** A counter to which all threads add. */
public interface Counter {
  /** Adds a positive number. */
  void add(long delta);

  /** Returns the sum of what was added. */
  long sum();

  /** The counters that are measured. */
  enum Kind implements Contender {
    /** {@link PerCpuLongAdder}. */
    PER_CPU("PerCpuLongAdder"),
    /** The JDK's counter for many threads. */
    LONG_ADDER("LongAdder"),
    /** The JDK's counter for few threads. */
    ATOMIC_LONG("AtomicLong"),
    /** JCTools' counter of as many cells as its factory is told: twice the CPUs. */
    JCTOOLS("JCTools FixedSizeStripedLongCounter"),
    /** A Micrometer counter that is kept in a field, in the registry for tests and small uses. */
    MICROMETER("Micrometer Counter, simple registry"),
    /** A Micrometer counter that is kept in a field, in the registry for Prometheus. */
    MICROMETER_PROMETHEUS("Micrometer Counter, Prometheus registry"),
    /** A counter of the Prometheus client, without labels, kept in a field. */
    PROMETHEUS("Prometheus Counter"),
    /** A counter of the OpenTelemetry SDK, without attributes, of which a reader keeps the sum. */
    OPEN_TELEMETRY("OpenTelemetry LongCounter"),
    /** No counter: what remains is the loop. */
    NOTHING("nothing");

    private final String label;

    Kind(String label) {
      this.label = label;
    }

    @Override
    public String label() {
      return label;
    }

    @Override
    public boolean ours() {
      return this == PER_CPU;
    }

    /** Makes one. */
    Counter open() {
      return switch (this) {
        case PER_CPU -> new PerCpu();
        case LONG_ADDER -> new Striped();
        case ATOMIC_LONG -> new Atomic();
        case JCTOOLS -> new JcTools();
        case MICROMETER -> new Micrometer(new SimpleMeterRegistry());
        case MICROMETER_PROMETHEUS ->
            new Micrometer(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
        case PROMETHEUS -> new Prometheus();
        case OPEN_TELEMETRY -> new OpenTelemetry();
        case NOTHING -> new Nothing();
      };
    }
  }

  /** One of this library. */
  final class PerCpu implements Counter {
    private final PerCpuLongAdder adder = new PerCpuLongAdder();

    @Override
    public void add(long delta) {
      adder.add(delta);
    }

    @Override
    public long sum() {
      return adder.sum();
    }
  }

  /** One that has no subclass while it is measured. */
  final class Striped implements Counter {
    private final LongAdder adder = new LongAdder();

    @Override
    public void add(long delta) {
      adder.add(delta);
    }

    @Override
    public long sum() {
      return adder.sum();
    }
  }

  /** One of a single word. */
  final class Atomic implements Counter {
    private final AtomicLong counter = new AtomicLong();

    @Override
    public void add(long delta) {
      counter.addAndGet(delta);
    }

    @Override
    public long sum() {
      return counter.get();
    }
  }

  /** One of a fixed number of cells. */
  final class JcTools implements Counter {
    private final FixedSizeStripedLongCounter counter =
        CountersFactory.createFixedSizeStripedCounter(
            2 * Runtime.getRuntime().availableProcessors());

    @Override
    public void add(long delta) {
      counter.inc(delta);
    }

    @Override
    public long sum() {
      return counter.get();
    }
  }

  /** One of a Micrometer registry. */
  final class Micrometer implements Counter {
    private final io.micrometer.core.instrument.Counter counter;

    private Micrometer(MeterRegistry registry) {
      counter = registry.counter("requests");
    }

    @Override
    public void add(long delta) {
      counter.increment((double) delta);
    }

    @Override
    public long sum() {
      return (long) counter.count();
    }
  }

  /** One of the Prometheus client. */
  final class Prometheus implements Counter {
    private final io.prometheus.metrics.core.metrics.Counter counter =
        io.prometheus.metrics.core.metrics.Counter.builder().name("requests_total").build();

    @Override
    public void add(long delta) {
      counter.inc(delta);
    }

    @Override
    public long sum() {
      return counter.getLongValue();
    }
  }

  /** One of the OpenTelemetry SDK. */
  final class OpenTelemetry implements Counter {
    private final PullReader reader = new PullReader();
    private final LongCounter counter = reader.meter().counterBuilder("requests").build();

    @Override
    public void add(long delta) {
      counter.add(delta);
    }

    @Override
    public long sum() {
      return reader.collect().getLongSumData().getPoints().iterator().next().getValue();
    }
  }

  /** No counter. */
  final class Nothing implements Counter {
    @Override
    public void add(long delta) {}

    @Override
    public long sum() {
      return 0;
    }
  }
}
