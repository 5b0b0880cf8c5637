/** The longest that setTimeout can wait; an item due later is checked again then. */
const LONGEST = 2 ** 31 - 1;

/** One timer for many due times: fires when the earliest has come. */
export class DueTimer {
  #timeout: NodeJS.Timeout | undefined;
  #stopped = false;

  /**
   * @param earliest when something is due next, in epoch milliseconds; undefined when nothing is
   * @param fire does everything that is due
   */
  constructor(
    private readonly earliest: () => number | undefined,
    private readonly fire: () => void,
  ) {}

  /** To be called whenever what is due has changed. */
  set(): void {
    clearTimeout(this.#timeout);
    const due = this.earliest();
    if (this.#stopped || due === undefined) return;
    const wait = Math.min(Math.max(due - Date.now(), 0), LONGEST);
    this.#timeout = setTimeout(() => {
      this.fire();
      this.set();
    }, wait);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timeout);
  }
}
