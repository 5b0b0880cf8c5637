import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';

import { eventually } from './eventually.js';
import type { System } from './system.js';

interface Opening {
  readonly path?: string;
  readonly key?: string;
  /** Sent as Last-Event-ID. */
  readonly last?: string | undefined;
}

/** An event stream as it comes over the wire, read without a client of ours. */
export class StreamReader {
  text = '';
  /** How the stream ended; null while it is open. */
  end: 'ended' | 'broken' | null = null;

  private constructor(readonly answer: IncomingMessage) {
    answer.setEncoding('utf8').on('data', (chunk: string) => {
      this.text += chunk;
    });
    answer.on('end', () => (this.end ??= 'ended')).on('error', () => (this.end ??= 'broken'));
  }

  static async open(
    { url, key }: Pick<System, 'url' | 'key'>,
    { path = '/events/stream', key: other = key, last }: Opening = {},
  ): Promise<StreamReader> {
    const headers = {
      Authorization: `Bearer ${other}`,
      ...(last === undefined ? {} : { 'Last-Event-ID': last }),
    };
    const call = request(`${url}${path}`, { headers, agent: false });
    const answered = once(call, 'response');
    call.end();
    const [answer]: IncomingMessage[] = await answered;
    if (!answer) throw new Error('no answer');
    call.on('error', () => undefined);
    return new StreamReader(answer);
  }

  get status(): number | undefined {
    return this.answer.statusCode;
  }

  /** The `sequence` of each event. */
  get sequences(): number[] {
    return Array.from(this.text.matchAll(/^id: (\d+)\ndata: \{/gm), ([, sequence]) => Number(sequence));
  }

  /** What the reader sends to go on behind what it has read. */
  get last(): string | undefined {
    return [...this.text.matchAll(/^id: (\d+)\n(?:.+\n)*\n/gm)].at(-1)?.[1];
  }

  hangUp(): void {
    this.answer.destroy();
  }

  async until(accepts: (reader: StreamReader) => boolean, within?: number): Promise<void> {
    await eventually(() => this, accepts, within);
  }
}
