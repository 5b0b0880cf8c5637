/** Milliseconds until the progress of a step is written again, where the line cannot be overwritten. */
const REPEAT_AFTER = 15_000;

/** The progress of a step; the step updates it. */
export interface Progress {
  note?: string;
  /** Milliseconds that it took, where it did not begin with its line. */
  took?: number;
  /** What a person should know about the step once it is done. */
  remark?: string | undefined;
}

/** What a program writes: one line for each step, and what the parts warn of between them. */
export class Terminal {
  private unfinished: string | undefined;

  constructor(private readonly out: NodeJS.WriteStream = process.stdout) {
    // A terminal that was closed must not end this program before it has stopped its children.
    out.on('error', () => {});
  }

  say(text = ''): void {
    this.clear();
    this.out.write(`${text}\n`);
    this.draw();
  }

  /** Writes a line for the work; on a terminal it is there from the beginning and changes with the progress. */
  async step<T>(doing: string, work: Promise<T>, progress: Progress): Promise<T> {
    const since = performance.now();
    let saidAt = 0;
    const show = () => {
      this.unfinished = progress.note === undefined ? doing : `${doing}: ${progress.note}`;
      if (this.out.isTTY) return this.draw();
      if (progress.note === undefined || Date.now() - saidAt < REPEAT_AFTER) return;
      saidAt = Date.now();
      this.out.write(`  ${this.unfinished}\n`);
    };
    show();
    const timer = setInterval(show, 500);
    const end = await work.then(
      () => {
        const { took = performance.now() - since, remark } = progress;
        return `${seconds(took)}${remark === undefined ? '' : ` (${remark})`}`;
      },
      () => 'not finished',
    );
    clearInterval(timer);
    this.unfinished = undefined;
    this.say(`  ${doing} … ${end}`);
    return work;
  }

  private draw(): void {
    if (!this.out.isTTY || this.unfinished === undefined) return;
    this.clear();
    this.out.write(`  ${this.unfinished} …`.slice(0, (this.out.columns || 80) - 1));
  }

  private clear(): void {
    if (this.out.isTTY) this.out.write('\r\u001b[2K');
  }
}

export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
