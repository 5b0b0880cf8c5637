import { type Child, ChildFailed, describeExit } from '../stack/processes/child.js';
import { send } from '../stack/processes/process-identity.js';

/** The processes of the stage, kept so that none of them is left, however the demo ends. */
export class Processes {
  private living: Child[] = [];
  private readonly condemned = new Set<Child>();
  private hurry: AbortSignal | undefined;

  /** @param onDeath told of one that ended although nobody stopped or killed it */
  constructor(private readonly onDeath: (failure: ChildFailed) => void) {}

  /** Adds one as soon as it is there; one that comes while the others are being stopped is stopped, too. */
  readonly add = (child: Child): void => {
    this.living.push(child);
    void child.exited.then((exit) => {
      this.living = this.living.filter((other) => other !== child);
      if (exit.expected || !child.lasts || this.condemned.has(child)) return;
      this.onDeath(new ChildFailed(`${child.name} ended unexpectedly: ${describeExit(exit)}.`, child));
    });
    if (this.hurry) void child.stop(this.hurry);
  };

  /** Ends one as a power cut would: `kill -9`. */
  async kill(child: Child): Promise<void> {
    this.condemned.add(child);
    send(child.pid, 'SIGKILL');
    await child.exited;
  }

  /** Stops all, those that were started last first. */
  async stop(hurry: AbortSignal): Promise<void> {
    this.hurry = hurry;
    for (const child of [...this.living].reverse()) await child.stop(hurry);
  }
}
