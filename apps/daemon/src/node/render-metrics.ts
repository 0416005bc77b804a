import { Counter, Gauge, Registry } from '@prometheus-io/client'
import type { Metric } from '../watchdog/watchdog-metrics.ts'

export interface RenderedMetrics {
  readonly contentType: string
  readonly text: string
}

/** Metrics in the text form that Prometheus reads. A metric without samples is told with its help alone. */
export async function renderMetrics(metrics: readonly Metric[]): Promise<RenderedMetrics> {
  const registry = new Registry()
  for (const { name, help, type, samples } of metrics) {
    const labelNames = [...new Set(samples.flatMap(({ labels }) => Object.keys(labels)))]
    const settings = { name, help, labelNames, registers: [registry] }
    if (type === 'counter') {
      const made = new Counter(settings)
      for (const { labels, value } of samples) made.inc(labels, value)
    } else {
      const made = new Gauge(settings)
      for (const { labels, value } of samples) made.set(labels, value)
    }
  }
  return { contentType: registry.contentType, text: await registry.metrics() }
}
