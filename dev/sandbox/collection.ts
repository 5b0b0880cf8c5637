/** Records by id, in the order they were added, that emit their changes. Records are replaced, never edited. */
export class Collection<T> {
  readonly #records: Map<string, T>;
  readonly #changed: () => void;

  constructor(saved: Readonly<Record<string, T>>, changed: () => void) {
    this.#records = new Map(Object.entries(saved));
    this.#changed = changed;
  }

  get(id: string): T | undefined {
    return this.#records.get(id);
  }

  has(id: string): boolean {
    return this.#records.has(id);
  }

  keys(): string[] {
    return [...this.#records.keys()];
  }

  values(): T[] {
    return [...this.#records.values()];
  }

  newestFirst(): T[] {
    return this.values().reverse();
  }

  set(id: string, record: T): T {
    this.#records.set(id, record);
    this.#changed();
    return record;
  }

  delete(id: string): void {
    if (this.#records.delete(id)) this.#changed();
  }

  clear(): void {
    this.#records.clear();
    this.#changed();
  }

  toJSON(): Record<string, T> {
    return Object.fromEntries(this.#records);
  }
}
