import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

import { type SavedState, savedStateSchema } from './sandbox-state.js';

/** Between a change and its write, in milliseconds. */
const LEAST_PAUSE = 100;
/** A large state is written less often, so that writing takes at most a twentieth of the time. */
const PAUSE_PER_WRITE = 20;

/** What the file has is not what a sandbox wrote. */
export class UnknownState extends Error {
  override readonly name = 'UnknownState';
}

/** @throws UnknownState naming the file, when it is there and not the sandbox's */
export async function readStateFile(path: string): Promise<SavedState | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return savedStateSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new UnknownState(
      `${path} is not a state of this sandbox; move it away to begin with an empty one`,
      {
        cause,
      },
    );
  }
}

/** Keeps a file up to date with the state: one write at a time, each whole or not at all. */
export class StateFile {
  #stale = false;
  #pause = LEAST_PAUSE;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;

  constructor(
    private readonly path: string,
    private readonly snapshot: () => object,
    private readonly failed: (error: unknown) => void,
  ) {}

  touch(): void {
    this.#stale = true;
    if (this.#timer || this.#writing) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#writing = this.#write().finally(() => {
        this.#writing = undefined;
        if (this.#stale) this.touch();
      });
    }, this.#pause);
  }

  async close(): Promise<void> {
    await this.#writing;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#stale) await this.#write();
  }

  async #write(): Promise<void> {
    const begun = performance.now();
    this.#stale = false;
    try {
      await mkdir(dirname(this.path), { recursive: true });
      const draft = `${this.path}.${process.pid}.new`;
      await writeFile(draft, JSON.stringify(this.snapshot()), { mode: 0o600 });
      await rename(draft, this.path);
    } catch (error) {
      this.failed(error);
    }
    this.#pause = Math.max(LEAST_PAUSE, (performance.now() - begun) * PAUSE_PER_WRITE);
  }
}
