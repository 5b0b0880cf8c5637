import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Client } from '@temporalio/client';

import type { Books } from './books.js';

/** Everything that outlives a request: the database, the runs' histories, and what the programs wrote. */
export class Traces {
  constructor(
    private readonly books: Books,
    private readonly temporal: Client,
    private readonly logs: string,
  ) {}

  /** The places that have a text. */
  async of(text: string): Promise<string[]> {
    const histories: string[] = [];
    for await (const { workflowId, history } of this.temporal.workflow.list().intoHistories())
      if (textOf(history).includes(text)) histories.push(`the history of ${workflowId}`);
    const logs = readdirSync(this.logs).filter(
      (name) => name.endsWith('.log') && readFileSync(join(this.logs, name), 'utf8').includes(text),
    );
    return [...(await this.books.tablesWith(text)).map((table) => `table ${table}`), ...histories, ...logs];
  }
}

/** All words in a message of Temporal's, payloads decoded. */
function textOf(message: unknown): string {
  if (typeof message === 'string') return message;
  if (message instanceof Uint8Array) return Buffer.from(message).toString('utf8');
  if (typeof message !== 'object' || message === null) return '';
  return Object.values(message).map(textOf).join('\n');
}
