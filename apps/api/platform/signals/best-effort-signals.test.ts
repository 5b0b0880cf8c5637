import { EventEmitter, once } from 'node:events';

import { pino } from 'pino';
import { describe, expect, it } from 'vitest';

import { BestEffortSignals } from './best-effort-signals.js';

describe('best-effort signals', () => {
  const quiet = pino({ level: 'silent' });

  it('are flushed when the process drains', async () => {
    const signals = new BestEffortSignals(quiet);
    const gate = new EventEmitter();
    signals.send('start', 'o-1', () => once(gate, 'open').then(() => undefined));
    const flushed = signals.flush().then(() => 'flushed');
    expect(await Promise.race([flushed, Promise.resolve('pending')])).toBe('pending');
    gate.emit('open');
    expect(await flushed).toBe('flushed');
  });

  it('never fail their sender', async () => {
    const lines: string[] = [];
    const signals = new BestEffortSignals(
      pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) }),
    );
    signals.send('start', 'o-1', () => Promise.reject(new Error('down')));
    await signals.flush();
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { level: 40, signal: 'start', orderId: 'o-1' },
    ]);
  });
});
