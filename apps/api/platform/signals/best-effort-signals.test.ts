import { EventEmitter, once } from 'node:events';

import { pino } from 'pino';
import { describe, expect, it } from 'vitest';

import { BestEffortSignals } from './best-effort-signals.js';

describe('signals', () => {
  const quiet = pino({ level: 'silent' });

  it('are waited for when the process drains', async () => {
    const signals = new BestEffortSignals(quiet);
    const gate = new EventEmitter();
    signals.send('start', 'o-1', () => once(gate, 'open').then(() => undefined));
    const settled = signals.settled().then(() => 'settled');
    expect(await Promise.race([settled, Promise.resolve('pending')])).toBe('pending');
    gate.emit('open');
    expect(await settled).toBe('settled');
  });

  it('never fail whoever sent them', async () => {
    const lines: string[] = [];
    const signals = new BestEffortSignals(
      pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) }),
    );
    signals.send('start', 'o-1', () => Promise.reject(new Error('down')));
    await signals.settled();
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { level: 40, what: 'start', orderId: 'o-1' },
    ]);
  });
});
