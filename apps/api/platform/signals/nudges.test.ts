import { EventEmitter, once } from 'node:events';

import { pino } from 'pino';
import { describe, expect, it } from 'vitest';

import { Nudges } from './nudges.js';

describe('nudges', () => {
  const quiet = pino({ level: 'silent' });

  it('are waited for when the process drains', async () => {
    const nudges = new Nudges(quiet);
    const gate = new EventEmitter();
    nudges.send('start', 'o-1', () => once(gate, 'open').then(() => undefined));
    const settled = nudges.settled().then(() => 'settled');
    expect(await Promise.race([settled, Promise.resolve('pending')])).toBe('pending');
    gate.emit('open');
    expect(await settled).toBe('settled');
  });

  it('never fail whoever sent them', async () => {
    const lines: string[] = [];
    const nudges = new Nudges(pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) }));
    nudges.send('start', 'o-1', () => Promise.reject(new Error('down')));
    await nudges.settled();
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { level: 40, what: 'start', orderId: 'o-1' },
    ]);
  });
});
