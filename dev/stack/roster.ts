import { type Child, type Exit } from './processes/child.js';
import { PART_NAMES, type PartName } from './parts.js';
import { rememberProcesses } from './processes/process-file.js';

interface Member {
  part: PartName;
  child: Child;
}

/** The children that live, by the part they belong to. */
export class Roster {
  private members: Member[] = [];
  private hurry: AbortSignal | undefined;

  /** @param onDeath told of a child that ended without being asked to, though it was to last */
  constructor(private readonly onDeath: (part: PartName, child: Child, exit: Exit) => void) {}

  /** Adds a child; one that comes while the others are being stopped is stopped, too. */
  add(part: PartName, child: Child): void {
    this.members.push({ part, child });
    this.remember();
    void child.exited.then((exit) => {
      this.members = this.members.filter((member) => member.child !== child);
      this.remember();
      // One that ends while it starts fails its step, which has more to say and is heard first.
      if (!exit.expected && child.lasts) setImmediate(() => this.onDeath(part, child, exit));
    });
    if (this.hurry) void child.stop(this.hurry);
  }

  /** Stops the parts one after the other, the last first. */
  async stop(hurry: AbortSignal): Promise<void> {
    this.hurry = hurry;
    for (const part of [...PART_NAMES].reverse()) {
      const leaving = this.members.filter((member) => member.part === part);
      await Promise.all(leaving.map(({ child }) => child.stop(hurry)));
    }
  }

  private remember(): void {
    rememberProcesses(this.members.map(({ child }) => child));
  }
}
