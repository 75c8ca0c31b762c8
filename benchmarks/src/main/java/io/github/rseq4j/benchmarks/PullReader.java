package io.github.rseq4j.benchmarks;

import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.Aggregation;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.export.CollectionRegistration;
import io.opentelemetry.sdk.metrics.export.MetricReader;

/** An OpenTelemetry reader of totals since the start; without a reader the SDK records nothing. */
final class PullReader implements MetricReader {
  private final Aggregation histograms;
  private final SdkMeterProvider provider;
  private CollectionRegistration registration = CollectionRegistration.noop();

  /** Makes one for the default aggregations. */
  PullReader() {
    this(Aggregation.defaultAggregation());
  }

  /**
   * Makes one.
   *
   * @param histograms how histograms are aggregated
   */
  @SuppressWarnings("this-escape") // the class is final, and its fields are set
  PullReader(Aggregation histograms) {
    this.histograms = histograms;
    this.provider = SdkMeterProvider.builder().registerMetricReader(this).build();
  }

  /** Returns what makes instruments that this reads. */
  Meter meter() {
    return provider.get("rseq4j");
  }

  /** Returns the totals of the only instrument. */
  MetricData collect() {
    return registration.collectAllMetrics().iterator().next();
  }

  @Override
  public void register(CollectionRegistration newRegistration) {
    registration = newRegistration;
  }

  @Override
  public AggregationTemporality getAggregationTemporality(InstrumentType type) {
    return AggregationTemporality.CUMULATIVE;
  }

  @Override
  public Aggregation getDefaultAggregation(InstrumentType type) {
    return type == InstrumentType.HISTOGRAM ? histograms : Aggregation.defaultAggregation();
  }

  @Override
  public CompletableResultCode forceFlush() {
    return CompletableResultCode.ofSuccess();
  }

  @Override
  public CompletableResultCode shutdown() {
    return CompletableResultCode.ofSuccess();
  }
}
