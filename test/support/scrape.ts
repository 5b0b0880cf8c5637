/** What a process shows to Prometheus: values by `name{label="value",…}`, the labels in the order of their names. */
export class Scrape {
  private constructor(
    private readonly samples: ReadonlyMap<string, number>,
    /** The types of its metrics, by name. */
    readonly types: ReadonlyMap<string, string>,
  ) {}

  /** @param text in Prometheus's format, 0.0.4 */
  static of(text: string): Scrape {
    const samples = new Map<string, number>();
    const types = new Map<string, string>();
    for (const line of text.split('\n')) {
      const [, typed, type = ''] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
      if (typed !== undefined) types.set(typed, type);
      const [, name, labels = '', value = ''] = /^([a-z_]\w*)(?:\{(.*)\})? (\S+)$/i.exec(line) ?? [];
      if (name !== undefined) samples.set(keyOf(name, labels), Number(value));
    }
    return new Scrape(samples, types);
  }

  /** 0 where there is none, as Prometheus's `increase` sees a counter that has just begun. */
  value(name: string, labels: Readonly<Record<string, string>> = {}): number {
    const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
    return this.samples.get(keyOf(name, wanted.join(','))) ?? 0;
  }

  /** The sum of all samples of a name with these labels, and any others. */
  sum(name: string, labels: Readonly<Record<string, string>> = {}): number {
    const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
    const found = [...this.samples].filter(
      ([key]) => key.startsWith(`${name}{`) && wanted.every((label) => key.includes(label)),
    );
    return found.reduce((sum, [, value]) => sum + value, 0);
  }
}

function keyOf(name: string, labels: string): string {
  const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([pair]) => pair).sort();
  return `${name}{${pairs.join(',')}}`;
}
