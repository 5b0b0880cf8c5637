/**
 * Stops the children of a process that ended without doing so, also one that was killed with SIGKILL, and deletes
 * its temporary folders: its end closes this program's standard input. It runs in a separate process group,
 * where no Ctrl-C reaches it.
 */
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';

import { type GuardMessage } from './guarded.js';
import { type KnownProcess, stopProcess } from './process-identity.js';

const living = new Map<number, KnownProcess>();
const folders: string[] = [];

for await (const line of createInterface({ input: process.stdin })) {
  const message: GuardMessage = JSON.parse(line);
  if (message.type === 'started') living.set(message.process.pid, message.process);
  else if (message.type === 'ended') living.delete(message.pid);
  else folders.push(message.folder);
}
for (const orphan of [...living.values()].reverse()) await stopProcess(orphan);
for (const folder of folders) rmSync(folder, { recursive: true, force: true });
