import { createWriteStream, existsSync, mkdirSync, openSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';

const REMEMBERED_LINES = 15;

export interface ChildLog {
  write(line: string): void;
  lastLines(): string[];
  close(): void;
}

/** Keeps a child's output in a file, the former run's beside it as `.previous`, and its end in memory. */
export function openLog(file: string | undefined): ChildLog {
  const lines: string[] = [];
  if (file) {
    mkdirSync(dirname(file), { recursive: true });
    if (existsSync(file)) renameSync(file, `${file}.previous`);
  }
  // Opened here, because a stream reports a file that cannot be opened too late to handle it.
  const stream = file ? createWriteStream(file, { fd: openSync(file, 'w') }) : undefined;
  return {
    write(line) {
      lines.push(line);
      if (lines.length > REMEMBERED_LINES) lines.shift();
      stream?.write(`${line}\n`);
    },
    lastLines: () => [...lines],
    close: () => stream?.end(),
  };
}
