import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Client } from '@temporalio/client';

import type { DatabaseRecords } from './database-records.js';

/** Searches everything that outlives a request: the database, the runs' histories, and what the programs wrote. */
export class TextSearch {
  constructor(
    private readonly database: DatabaseRecords,
    private readonly temporal: Client,
    private readonly logs: string,
  ) {}

  /** The places that contain a text. */
  async placesWith(text: string): Promise<string[]> {
    const histories: string[] = [];
    for await (const { workflowId, history } of this.temporal.workflow.list().intoHistories())
      if (textOf(history).includes(text)) histories.push(`the history of ${workflowId}`);
    const logs = readdirSync(this.logs).filter(
      (name) => name.endsWith('.log') && readFileSync(join(this.logs, name), 'utf8').includes(text),
    );
    return [
      ...(await this.database.tablesWith(text)).map((table) => `table ${table}`),
      ...histories,
      ...logs,
    ];
  }
}

/** All text in a message of Temporal's, payloads decoded. */
function textOf(message: unknown): string {
  if (typeof message === 'string') return message;
  if (message instanceof Uint8Array) return Buffer.from(message).toString('utf8');
  if (typeof message !== 'object' || message === null) return '';
  return Object.values(message).map(textOf).join('\n');
}
