import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { guardFolder } from '../../dev/stack/processes/guarded.js';
import { HOOK } from '../support/kills.js';

/** Moments at which a worker can be held; see test/support/kill-point.mjs. */
export class HeldMoments {
  private readonly folder = mkdtempSync(join(tmpdir(), 'order-processing-model-'));
  private readonly file = join(this.folder, 'moment.json');
  private count = 0;

  constructor() {
    guardFolder(this.folder);
  }

  /** What the worker's process needs for it. */
  get environment(): Readonly<Record<string, string>> {
    return { NODE_OPTIONS: `--import=${HOOK}`, HELD_MOMENT_FILE: this.file };
  }

  /** Holds the next attempt that reaches a moment. @returns the worker's log line then, up to its order */
  hold(moment: string): string {
    const id = String(++this.count);
    // Whole or not at all: the worker may read it any time.
    writeFileSync(`${this.file}.new`, JSON.stringify({ id, moment }));
    renameSync(`${this.file}.new`, this.file);
    return `stands still at ${id}: `;
  }

  release(): void {
    rmSync(this.file, { force: true });
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
