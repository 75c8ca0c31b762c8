package io.github.rseq4j.benchmarks;

import io.github.rseq4j.percpu.PerCpuHistogram;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.sdk.metrics.Aggregation;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.HdrHistogram.AbstractHistogram;
import org.HdrHistogram.AtomicHistogram;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Recorder;
import org.jspecify.annotations.Nullable;

/**
 * A histogram into which threads record how long something took, in nanoseconds.
 *
 * <p>HdrHistogram's and those of this library that are alike have times up to a minute, to three
 * digits. Those of bounds have the ones that Prometheus takes when it is not told any.
 */
public interface TimeHistogram {
  /** The least time, told apart from 0. */
  long LOWEST = 1_000;

  /** The most. */
  long HIGHEST = 60_000_000_000L;

  /** How many digits are kept. */
  int DIGITS = 3;

  /** The histograms that are measured. */
  enum Kind implements Contender {
    /** {@link PerCpuHistogram} with HdrHistogram's buckets. */
    PER_CPU("PerCpuHistogram", true),
    /** {@link PerCpuHistogram} with bounds. */
    PER_CPU_BOUNDS("PerCpuHistogram of bounds", true),
    /** HdrHistogram's way for many threads to record and one to read, of a fixed range. */
    HDR_RECORDER("HdrHistogram Recorder", false),
    /** HdrHistogram's histogram for many threads. */
    HDR_CONCURRENT("HdrHistogram ConcurrentHistogram", false),
    /** HdrHistogram's histogram for many threads that never grows. */
    HDR_ATOMIC("HdrHistogram AtomicHistogram", false),
    /** A histogram of each thread, which no other may read: the least that recording can cost. */
    HDR_PLAIN("HdrHistogram Histogram, one a thread", false),
    /** A Micrometer timer that is kept in a field, in the registry for tests and small uses. */
    MICROMETER("Micrometer Timer, simple registry", false),
    /** A Micrometer timer that is kept in a field, in the registry for Prometheus. */
    MICROMETER_PROMETHEUS("Micrometer Timer, Prometheus registry", false),
    /** The same, told to publish a histogram. */
    MICROMETER_HISTOGRAM("Micrometer Timer with histogram", false),
    /** A histogram of the Prometheus client, of bounds, without labels, kept in a field. */
    PROMETHEUS_CLASSIC("Prometheus classic Histogram", false),
    /** The same, of exponential buckets. */
    PROMETHEUS_NATIVE("Prometheus native Histogram", false),
    /** A histogram of the OpenTelemetry SDK, with bounds by advice, without attributes. */
    OPEN_TELEMETRY_EXPLICIT("OpenTelemetry explicit histogram", false),
    /** The same, of exponential buckets. */
    OPEN_TELEMETRY_EXPONENTIAL("OpenTelemetry exponential histogram", false),
    /** No histogram: what remains is the loop. */
    NOTHING("nothing", false);

    private final String label;
    private final boolean ours;

    Kind(String label, boolean ours) {
      this.label = label;
      this.ours = ours;
    }

    @Override
    public String label() {
      return label;
    }

    @Override
    public boolean ours() {
      return ours;
    }

    /** Makes one. */
    TimeHistogram open() {
      return switch (this) {
        case PER_CPU -> new PerCpu(PerCpuHistogram.ofRange(LOWEST, HIGHEST, DIGITS));
        case PER_CPU_BOUNDS -> new PerCpu(PerCpuHistogram.ofBounds(bounds()));
        case HDR_RECORDER -> new HdrRecorder();
        case HDR_CONCURRENT -> new Hdr(new ConcurrentHistogram(LOWEST, HIGHEST, DIGITS));
        case HDR_ATOMIC -> new Hdr(new AtomicHistogram(LOWEST, HIGHEST, DIGITS));
        case HDR_PLAIN -> new HdrPlain();
        case MICROMETER -> new Micrometer(new SimpleMeterRegistry(), false);
        case MICROMETER_PROMETHEUS ->
            new Micrometer(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT), false);
        case MICROMETER_HISTOGRAM ->
            new Micrometer(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT), true);
        case PROMETHEUS_CLASSIC -> new Prometheus(false);
        case PROMETHEUS_NATIVE -> new Prometheus(true);
        case OPEN_TELEMETRY_EXPLICIT -> new OpenTelemetry(Aggregation.defaultAggregation());
        case OPEN_TELEMETRY_EXPONENTIAL ->
            new OpenTelemetry(Aggregation.base2ExponentialBucketHistogram());
        case NOTHING -> new Nothing();
      };
    }

    private static double[] boundsInSeconds() {
      return io.prometheus.metrics.core.metrics.Histogram.Builder.DEFAULT_CLASSIC_UPPER_BOUNDS;
    }

    private static long[] bounds() {
      return Arrays.stream(boundsInSeconds()).mapToLong(bound -> Math.round(bound * 1e9)).toArray();
    }
  }

  /** Returns what records for one thread. */
  LongConsumer recorder();

  /** Returns a copy of what was recorded, in the form in which it is to be had. */
  Object snapshot();

  /** Returns a time in seconds. */
  static double seconds(long nanoseconds) {
    return nanoseconds * 1e-9;
  }

  /** A histogram of this library. */
  final class PerCpu implements TimeHistogram {
    private final PerCpuHistogram histogram;

    private PerCpu(PerCpuHistogram histogram) {
      this.histogram = histogram;
    }

    @Override
    public LongConsumer recorder() {
      return histogram::record;
    }

    @Override
    public Object snapshot() {
      return histogram.snapshot();
    }
  }

  /** Two histograms of HdrHistogram, of which a reader takes one and leaves the other. */
  final class HdrRecorder implements TimeHistogram {
    private final Recorder recorder = new Recorder(LOWEST, HIGHEST, DIGITS);
    private org.HdrHistogram.@Nullable Histogram interval;

    @Override
    public LongConsumer recorder() {
      return recorder::recordValue;
    }

    @Override
    public Object snapshot() {
      interval = recorder.getIntervalHistogram(interval);
      return interval;
    }
  }

  /** A histogram of HdrHistogram for many threads. */
  final class Hdr implements TimeHistogram {
    private final AbstractHistogram histogram;

    private Hdr(AbstractHistogram histogram) {
      this.histogram = histogram;
    }

    @Override
    public LongConsumer recorder() {
      return histogram::recordValue;
    }

    @Override
    public Object snapshot() {
      return histogram.copy();
    }
  }

  /** A histogram of HdrHistogram for each thread. */
  final class HdrPlain implements TimeHistogram {
    @Override
    public LongConsumer recorder() {
      org.HdrHistogram.Histogram histogram =
          new org.HdrHistogram.Histogram(LOWEST, HIGHEST, DIGITS);
      return histogram::recordValue;
    }

    @Override
    public Object snapshot() {
      throw new UnsupportedOperationException("no other thread may read it");
    }
  }

  /** A timer of a Micrometer registry. */
  final class Micrometer implements TimeHistogram {
    private final Timer timer;

    private Micrometer(MeterRegistry registry, boolean histogram) {
      timer = Timer.builder("requests").publishPercentileHistogram(histogram).register(registry);
    }

    @Override
    public LongConsumer recorder() {
      return time -> timer.record(time, TimeUnit.NANOSECONDS);
    }

    @Override
    public Object snapshot() {
      return timer.takeSnapshot();
    }
  }

  /** A histogram of the Prometheus client. */
  final class Prometheus implements TimeHistogram {
    private final io.prometheus.metrics.core.metrics.Histogram histogram;

    private Prometheus(boolean exponential) {
      var builder = io.prometheus.metrics.core.metrics.Histogram.builder().name("requests_seconds");
      histogram = (exponential ? builder.nativeOnly() : builder.classicOnly()).build();
    }

    @Override
    public LongConsumer recorder() {
      return time -> histogram.observe(seconds(time));
    }

    @Override
    public Object snapshot() {
      return histogram.collect();
    }
  }

  /** A histogram of the OpenTelemetry SDK. */
  final class OpenTelemetry implements TimeHistogram {
    private final PullReader reader;
    private final DoubleHistogram histogram;

    private OpenTelemetry(Aggregation aggregation) {
      reader = new PullReader(aggregation);
      histogram =
          reader
              .meter()
              .histogramBuilder("requests")
              .setUnit("s")
              .setExplicitBucketBoundariesAdvice(
                  Arrays.stream(Kind.boundsInSeconds()).boxed().toList())
              .build();
    }

    @Override
    public LongConsumer recorder() {
      return time -> histogram.record(seconds(time));
    }

    @Override
    public Object snapshot() {
      return reader.collect();
    }
  }

  /** No histogram. */
  final class Nothing implements TimeHistogram {
    @Override
    public LongConsumer recorder() {
      return _ -> {};
    }

    @Override
    public Object snapshot() {
      return this;
    }
  }
}
