import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";

export interface Metrics {
  /** Posted scores by what became of them: applied, unchanged or rejected. */
  scores: Counter<"status">;
  /** Polls of the cached endpoint by answer: 200 or 304. */
  polls: Counter<"status">;
  /** Prometheus' text format. */
  render(): Promise<{ contentType: string; body: string }>;
}

export function createMetrics(streams: () => number): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: "rungs_streams",
    help: "Open streams",
    registers,
    collect() {
      this.set(streams());
    },
  });
  return {
    scores: new Counter({ name: "rungs_scores_total", help: "Posted scores", labelNames: ["status"], registers }),
    polls: new Counter({ name: "rungs_polls_total", help: "Polls answered", labelNames: ["status"], registers }),
    render: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  };
}
