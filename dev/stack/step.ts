import type { Progress } from '../terminal/terminal.js';
import type { PartName } from './parts.js';

/** How one part is started. */
export interface Step {
  readonly part: PartName;
  /** What the terminal shows while it runs. */
  readonly doing: string;
  run(progress: Progress): Promise<unknown>;
}
