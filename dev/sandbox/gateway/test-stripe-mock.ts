import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { z } from 'zod';

const MODULE = 'github.com/stripe/stripe-mock';
const VERSION = 'v0.203.0';
const SUFFIX = process.platform === 'win32' ? '.exe' : '';
/** For a first build, downloads included, in milliseconds. */
const PATIENCE = 60_000;

/** Stripe's own stand-in: a server that checks requests, and the OpenAPI description it checks them by. */
export interface StripeMockParts {
  readonly executable: string;
  readonly specification: unknown;
}

/** Builds it as often as it must, which is once on a machine. @returns why not, where Go cannot */
export function findStripeMock(env: NodeJS.ProcessEnv = process.env): StripeMockParts | { missed: string } {
  const folder = join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'order-processing');
  try {
    const module = execFileSync('go', ['mod', 'download', '-json', `${MODULE}@${VERSION}`], {
      encoding: 'utf8',
      env,
      stdio: 'pipe',
      timeout: PATIENCE,
    });
    const { Dir } = z.object({ Dir: z.string() }).parse(JSON.parse(module));
    const specification: unknown = JSON.parse(
      readFileSync(join(Dir, 'embedded', 'openapi', 'spec3.json'), 'utf8'),
    );
    return { executable: built(folder, env), specification };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      return { missed: 'there is no `go`' };
    return {
      missed: error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'it could not be built',
    };
  }
}

/** Builds beside the final place and moves it there whole, as another run may be looking. */
function built(folder: string, env: NodeJS.ProcessEnv): string {
  const target = join(folder, `stripe-mock-${VERSION}${SUFFIX}`);
  if (existsSync(target)) return target;
  const building = join(folder, `building-stripe-mock-${process.pid}`);
  mkdirSync(building, { recursive: true });
  try {
    execFileSync('go', ['install', `${MODULE}@${VERSION}`], {
      cwd: building,
      env: { ...env, GOBIN: building },
      stdio: 'pipe',
      timeout: PATIENCE,
    });
    renameSync(join(building, `stripe-mock${SUFFIX}`), target);
    return target;
  } finally {
    rmSync(building, { recursive: true, force: true });
  }
}

export interface StripeMock {
  readonly port: number;
  close(): Promise<void>;
}

/** Starts it on a free port of loopback. @throws Error when it ends instead of listening */
export async function startStripeMock(executable: string): Promise<StripeMock> {
  const child = spawn(executable, ['-http-addr', '127.0.0.1:', '-https-addr', '127.0.0.1:'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  return {
    port: await portOf(child),
    async close() {
      child.kill();
      await ended;
    },
  };
}

async function portOf({ stdout }: ChildProcess): Promise<number> {
  if (!stdout) throw new Error('stripe-mock has no output to read its port from');
  for await (const line of createInterface({ input: stdout })) {
    const port = /Listening for HTTP at address: 127\.0\.0\.1:(\d+)/.exec(line)?.[1];
    if (port !== undefined) {
      // The rest of its output is not needed, and must not fill the pipe.
      stdout.resume();
      return Number(port);
    }
  }
  throw new Error('stripe-mock ended before it listened');
}
