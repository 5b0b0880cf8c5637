import { once } from 'node:events';
import { connect, createServer } from 'node:net';

import { ExplainedError } from '#libs/explained-error';

const LOOPBACK = '127.0.0.1';

/** Linux gives outgoing connections ports from 32768 on, macOS and Windows from 49152 on. */
const PORTS = { from: 10_000, to: 32_000 };
const PORTS_OF_A_PROCESS = 256;
const firstPort =
  PORTS.from + (process.pid % Math.floor((PORTS.to - PORTS.from) / PORTS_OF_A_PROCESS)) * PORTS_OF_A_PROCESS;
let nextPort = 0;

export interface NeededPort {
  /** The variable that changes it. */
  variable: string;
  port: number;
  /** What listens there. */
  use: string;
}

export class PortsTaken extends ExplainedError {
  override readonly name = 'PortsTaken';
}

/** @throws PortsTaken naming every port that something else holds, or two parts were given, and what to do */
export async function requireFreePorts(needed: readonly NeededPort[]): Promise<void> {
  const faults = sharedPorts(needed);
  const states = await Promise.all(
    needed.map(async (one) => ({ ...one, refusal: await refusalOf(one.port) })),
  );
  const refused = states.filter(({ refusal }) => refusal !== undefined);
  faults.push(...refused.map(({ port, use, refusal }) => `  - port ${port} for ${use} ${refusal}`));
  if (faults.length === 0) return;
  const ours = await Promise.all(refused.map(({ port }) => isOneOfOurs(port)));
  const advice = refused.map(({ variable, port }) => `${variable}=${port + 1}`).join(' ');
  throw new PortsTaken(
    [
      'Not every port is usable:',
      ...faults,
      ...(ours.includes(true)
        ? ['It looks like another order-processing is running: stop that one with Ctrl-C, or']
        : []),
      advice ? `Choose other ports, such as: ${advice} npm start` : 'Give each its own.',
    ].join('\n'),
  );
}

/**
 * A port on which no process listens, now or while its user starts: it lies below the range from which systems
 * assign ports to outgoing connections, in a separate part for each process. The one given out longest ago comes next.
 */
export async function freePort(): Promise<number> {
  for (let tried = 0; tried < PORTS_OF_A_PROCESS; tried += 1) {
    const port = firstPort + nextPort;
    nextPort = (nextPort + 1) % PORTS_OF_A_PROCESS;
    if ((await refusalOf(port)) === undefined) return port;
  }
  throw new Error(`All ports from ${firstPort} to ${firstPort + PORTS_OF_A_PROCESS - 1} are taken`);
}

/** Whether something accepts connections there. */
export async function isListening(port: number, host = LOOPBACK): Promise<boolean> {
  const socket = connect({ port, host, timeout: 1_000 });
  try {
    return await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'timeout').then(() => false),
    ]);
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

function sharedPorts(needed: readonly NeededPort[]): string[] {
  return [...new Set(needed.map(({ port }) => port))]
    .map((port) => ({ port, users: needed.filter((one) => one.port === port) }))
    .filter(({ users }) => users.length > 1)
    .map(
      ({ port, users }) =>
        `  - port ${port} is given to ${users.map(({ variable }) => variable).join(' and ')}`,
    );
}

/** Connecting, too, because some systems let two programs listen, one on every address and one on loopback. */
async function refusalOf(port: number): Promise<string | undefined> {
  if (await isListening(port)) return 'is taken by another program';
  const server = createServer().listen(port, LOOPBACK);
  try {
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
    return undefined;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    return code === 'EACCES' ? 'needs more rights than you have' : 'is taken by another program';
  }
}

async function isOneOfOurs(port: number): Promise<boolean> {
  const answered = await Promise.all(
    ['/health/live', '/health'].map((path) =>
      fetch(`http://${LOOPBACK}:${port}${path}`, { signal: AbortSignal.timeout(500) }).then(
        (response) => response.ok && (response.headers.get('content-type')?.includes('json') ?? false),
        () => false,
      ),
    ),
  );
  return answered.includes(true);
}
