/** Milliseconds between saying anew how a step is getting on, where that cannot be overwritten. */
const REPEAT_AFTER = 15_000;

/** How a step is getting on, kept up to date by it. */
export interface Progress {
  note?: string;
}

export interface StepResult {
  /** Milliseconds. */
  took: number;
  /** What a person should know about it. */
  remark?: string | undefined;
}

/** What `npm start` writes: one line a step, and what the programs warn of between them. */
export class Terminal {
  private unfinished: string | undefined;

  constructor(private readonly out: NodeJS.WriteStream = process.stdout) {
    // A terminal that was closed is no reason to leave the children behind.
    out.on('error', () => {});
  }

  say(text = ''): void {
    this.clear();
    this.out.write(`${text}\n`);
    this.draw();
  }

  /** Writes a line for the work; on a terminal it is there from the beginning and changes with the progress. */
  async step(doing: string, work: Promise<StepResult>, progress: Progress): Promise<void> {
    let saidAt = 0;
    const tell = () => {
      this.unfinished = progress.note === undefined ? doing : `${doing}: ${progress.note}`;
      if (this.out.isTTY) return this.draw();
      if (progress.note === undefined || Date.now() - saidAt < REPEAT_AFTER) return;
      saidAt = Date.now();
      this.out.write(`  ${this.unfinished}\n`);
    };
    tell();
    const timer = setInterval(tell, 500);
    const end = await work.then(
      ({ took, remark }) => `${seconds(took)}${remark === undefined ? '' : ` (${remark})`}`,
      () => 'not finished',
    );
    clearInterval(timer);
    this.unfinished = undefined;
    this.say(`  ${doing} … ${end}`);
    await work;
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
