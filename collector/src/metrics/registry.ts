/** What is counted, in the text format of Prometheus: https://prometheus.io/docs/instrumenting/exposition_formats/ */
export type Registry = {
  counter(name: string, help: string): Counter;
  histogram(name: string, help: string, bounds: number[]): Histogram;
  /** Read at each scrape. No number: not known now, left out. */
  gauge(name: string, help: string, read: () => Reading | Promise<Reading>): void;
  text(): Promise<string>;
};

export type Counter = { add(labels?: Labels, by?: number): void };
export type Histogram = { observe(value: number): void };
type Labels = Record<string, string>;
type Reading = number | undefined | { labels: Labels; value: number }[];
type Family = { name: string; help: string; type: string; lines: () => string[] | Promise<string[]> };

export function createRegistry(): Registry {
  const families: Family[] = [];
  return {
    counter(name, help) {
      const values = new Map<string, number>();
      const lines = () => [...values].map(([labels, value]) => `${name}${labels} ${value}`);
      families.push({ name, help, type: 'counter', lines });
      return {
        add(labels = {}, by = 1) {
          const key = format(labels);
          if (by > 0) values.set(key, (values.get(key) ?? 0) + by);
        },
      };
    },
    histogram(name, help, bounds) {
      const counts = bounds.map(() => 0);
      const total = { count: 0, sum: 0 };
      const lines = () => [
        ...bounds.map((bound, at) => `${name}_bucket${format({ le: String(bound) })} ${counts[at]}`),
        `${name}_bucket{le="+Inf"} ${total.count}`,
        `${name}_sum ${total.sum}`,
        `${name}_count ${total.count}`,
      ];
      families.push({ name, help, type: 'histogram', lines });
      return {
        observe(value) {
          total.count += 1;
          total.sum += value;
          for (const [at, bound] of bounds.entries()) if (value <= bound) counts[at] = (counts[at] ?? 0) + 1;
        },
      };
    },
    gauge(name, help, read) {
      families.push({ name, help, type: 'gauge', lines: async () => toLines(name, await read()) });
    },
    async text() {
      const parts = await Promise.all(families.map(describe));
      return parts.join('');
    },
  };
}

async function describe({ name, help, type, lines }: Family): Promise<string> {
  const samples = (await lines()).map((line) => `${line}\n`).join('');
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${samples}`;
}

function toLines(name: string, reading: Reading): string[] {
  if (reading === undefined) return [];
  if (typeof reading === 'number') return [`${name} ${reading}`];
  return reading.map(({ labels, value }) => `${name}${format(labels)} ${value}`);
}

function format(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}
