import type { Child, Exit } from '../../dev/stack/processes/child.js';

type Environment = Readonly<Record<string, string>>;

/** The processes of one program of a system, which are started and stopped together; one of them can be killed. */
export class ProcessGroup {
  private children: readonly Child[] = [];

  /**
   * @param each what every process is given that the others are not, such as its port
   * @param launch starts one of them
   */
  constructor(
    private readonly name: string,
    private readonly each: readonly Environment[],
    private readonly launch: (env: Environment) => Promise<Child>,
  ) {}

  get size(): number {
    return this.each.length;
  }

  async start(env: Environment = {}): Promise<void> {
    this.children = await Promise.all(this.each.map((own) => this.launch({ ...own, ...env })));
  }

  /** Starts one again that was killed. */
  async startOne(index: number, env: Environment = {}): Promise<void> {
    const child = await this.launch({ ...this.each[index], ...env });
    this.children = this.children.map((other, at) => (at === index ? child : other));
  }

  /** Ends all as a power cut would. */
  async kill(): Promise<void> {
    await Promise.all(this.running().map((_, index) => this.killOne(index)));
  }

  async killOne(index: number): Promise<void> {
    const child = this.running()[index];
    if (!child) throw new Error(`there is no ${this.name} ${index}`);
    process.kill(child.pid, 'SIGKILL');
    await child.exited;
  }

  signal(signal: NodeJS.Signals): void {
    for (const child of this.running()) process.kill(child.pid, signal);
  }

  pid(index: number): number {
    return this.running()[index]?.pid ?? 0;
  }

  /** Signals all to end. @returns how they ended: as they should, or how one of them did otherwise */
  async stop(): Promise<Exit> {
    const exits = await Promise.all(
      this.running().map(async (child) => {
        await child.stop();
        return child.exited;
      }),
    );
    const exit = exits.find(({ code }) => code !== 0) ?? exits[0];
    if (!exit) throw new Error(`there is no ${this.name}`);
    return exit;
  }

  /** Ends all that run, whether there are any or not. */
  async end(): Promise<void> {
    await Promise.all(this.children.map((child) => child.stop()));
  }

  private running(): readonly Child[] {
    if (this.children.length === 0) throw new Error(`the ${this.name} is not running`);
    return this.children;
  }
}
