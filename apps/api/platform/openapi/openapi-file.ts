/**
 * Writes `openapi.json`, the document that the API serves at /openapi.json; with `--check`, only says whether the file
 * is that document. Needs no database: the API is put together, and asked for nothing.
 */
import { readFileSync, writeFileSync } from 'node:fs';

import { pino } from 'pino';

import { environmentFor } from '#libs/config/environment';

import { openApiDocument } from './openapi.js';
import { createServer } from '../server/server.js';

const FILE = 'openapi.json';

/** What the API cannot be put together without. Nothing listens at these addresses, and nobody calls them. */
const STAND_IN = {
  DATABASE_URL: 'postgresql://nobody@127.0.0.1:9/nothing',
  STRIPE_SECRET_KEY: 'sk_test_nothing',
  STRIPE_WEBHOOK_SECRET: 'whsec_nothing',
  CARRIER_SECRET: `whsec_${Buffer.alloc(24).toString('base64')}`,
};

/** @returns the document as it is kept: the same text wherever it is made */
async function documentText(): Promise<string> {
  const environment = environmentFor(
    [
      'store',
      'temporal',
      'payments',
      'paymentWebhooks',
      'providers',
      'carrierWebhooks',
      'api',
      'pricing',
      'policy',
    ],
    STAND_IN,
  );
  const server = await createServer(environment, pino({ level: 'silent' }));
  try {
    return `${JSON.stringify(openApiDocument(server), null, 2)}\n`;
  } finally {
    await server.close();
  }
}

const text = await documentText();
if (!process.argv.includes('--check')) writeFileSync(FILE, text);
else if (readFileSync(FILE, 'utf8') !== text) {
  console.error(`${FILE} is not what the API serves any more.`);
  process.exitCode = 1;
}
