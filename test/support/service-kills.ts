import { setTimeout as delay } from 'node:timers/promises';

import { type Service, type TemporalServer } from '../../dev/stack/temporal/temporal-server.js';

/** History first, which knows every run; the worker service does nothing for orders but keep schedules. */
const IN_TURN: readonly Service[] = ['history', 'matching', 'frontend'];

/** Kills the processes of Temporal's server in turn while tests run, and starts each again. */
export class ServiceKills {
  private readonly over = new AbortController();
  private readonly killing: Promise<void>;

  /** @param every milliseconds from a start to the next kill */
  constructor(server: TemporalServer, every: number) {
    this.killing = this.kill(server, every);
    // Its failure comes with the end, and must not end the test runner before.
    this.killing.catch(() => undefined);
  }

  /** Resolves when every process runs. @throws Error when one could not be started again */
  async end(): Promise<void> {
    this.over.abort();
    await this.killing;
  }

  private async kill(server: TemporalServer, every: number): Promise<void> {
    const { signal } = this.over;
    let kills = 0;
    while (await delay(every, true, { signal }).catch(() => false)) {
      const service = IN_TURN[kills % IN_TURN.length] ?? 'history';
      await server.kill(service);
      await server.startService(service);
      kills += 1;
    }
    process.stderr.write(`Processes of Temporal’s server were killed ${kills} times.\n`);
  }
}
