import type { ApiServer } from "./api-server";

export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

/** Every sample of the metrics at this moment; /metrics may be a second old. */
export async function scrape({ services }: Scraped): Promise<Sample[]> {
  return samplesOf((await services.metrics.render()).body);
}

type Scraped = Pick<ApiServer, "services">;

function samplesOf(text: string): Sample[] {
  return text.split("\n").flatMap((line) => {
    const [, name, labels = "", value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    return name ? [{ name, labels: labelsOf(labels), value: Number(value) }] : [];
  });
}

/** The sum of a metric's samples that have these labels. */
export async function metric(api: Scraped, name: string, labels: Record<string, string> = {}) {
  const samples = (await scrape(api)).filter((sample) => sample.name === name);
  const fitting = samples.filter((sample) =>
    Object.entries(labels).every(([label, is]) => sample.labels[label] === is),
  );
  return fitting.reduce((sum, { value }) => sum + value, 0);
}

function labelsOf(text: string): Record<string, string> {
  return Object.fromEntries([...text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, label, value]) => [label, value]));
}
