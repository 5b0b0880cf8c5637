import { type Child, ChildFailed, describeExit } from './child.js';
import { send } from './process-identity.js';

export interface ProcessRegistryOptions {
  /** Called for a child that ended although it was neither stopped nor killed. */
  onUnexpectedExit(failure: ChildFailed): void;
  /** Called with the children that run, in the order they were started in, whenever that changes. */
  onChange?(running: readonly Child[]): void;
}

/** The processes of one stack, so that none of them is left, however the program ends. */
export class ProcessRegistry {
  private children: readonly Child[] = [];
  private readonly killed = new Set<Child>();
  private hurry: AbortSignal | undefined;

  constructor(private readonly options: ProcessRegistryOptions) {}

  /** Adds a child as soon as it is started; one that comes while the others are stopped is stopped, too. */
  readonly add = (child: Child): void => {
    this.change([...this.children, child]);
    void child.exited.then((exit) => {
      this.change(this.children.filter((other) => other !== child));
      if (exit.expected || !child.lasts || this.killed.has(child)) return;
      const failure = new ChildFailed(`${child.name} ended unexpectedly: ${describeExit(exit)}.`, child);
      // A child that ends while it starts fails its step, whose error says more and comes first.
      setImmediate(() => this.options.onUnexpectedExit(failure));
    });
    if (this.hurry) void child.stop(this.hurry);
  };

  /** @throws Error when no child of that name runs */
  running(name: string): Child {
    const found = this.children.find((child) => child.name === name);
    if (!found) throw new Error(`${name} is not running`);
    return found;
  }

  /** Those of that name, in the order they were started in. */
  named(name: string): readonly Child[] {
    return this.children.filter((child) => child.name === name);
  }

  /** Ends a child with `kill -9`, as a power cut would. */
  async kill(child: Child): Promise<void> {
    this.killed.add(child);
    send(child.pid, 'SIGKILL');
    await child.exited;
  }

  /** Stops all children, the last one started first: each was started after those that it needs. */
  async stop(hurry: AbortSignal): Promise<void> {
    this.hurry = hurry;
    for (const child of [...this.children].reverse()) await child.stop(hurry);
  }

  private change(children: readonly Child[]): void {
    this.children = children;
    this.options.onChange?.(children);
  }
}
