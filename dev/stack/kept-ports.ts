import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { NeededPort } from './processes/ports.js';
import { DATA_DIR } from '../build/project.js';

const FILE = join(DATA_DIR, 'ports.json');

/** Notes which ports this start uses, for the programs that are started beside it from another terminal. */
export function keepPorts(ports: readonly NeededPort[]): void {
  mkdirSync(DATA_DIR, { recursive: true });
  const kept = Object.fromEntries(ports.map(({ variable, port }) => [variable, String(port)]));
  writeFileSync(FILE, `${JSON.stringify(kept, null, 2)}\n`);
}

/** Takes the ports of the stack that was started last, where the environment sets no others. */
export function followKeptPorts(environment: NodeJS.ProcessEnv): void {
  if (!existsSync(FILE)) return;
  const kept = parsed(readFileSync(FILE, 'utf8'));
  if (typeof kept !== 'object' || kept === null) return;
  for (const [variable, port] of Object.entries(kept)) {
    if (typeof port === 'string') environment[variable] ||= port;
  }
}

/** A truncated file is ignored: the ports are the default ones, or the environment's. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
