/**
 * Writes `openapi.json`, the document that the API serves at /openapi.json; with `--check`, only compares the file with
 * it. Needs no database: the API is created but handles no request.
 */
import { readFileSync, writeFileSync } from 'node:fs';

import { pino } from 'pino';

import { environmentFor } from '#libs/config/environment';
import { PROGRAM_GROUPS } from '#libs/config/program-groups';

import { openApiDocument } from './openapi.js';
import { createServer } from '../../server.js';

const FILE = 'openapi.json';

/** Settings that the API requires; these addresses are never used. */
const PLACEHOLDERS = {
  DATABASE_URL: 'postgresql://nobody@127.0.0.1:9/nothing',
  STRIPE_SECRET_KEY: 'sk_test_nothing',
  STRIPE_WEBHOOK_SECRET: 'whsec_nothing',
  CARRIER_SECRET: `whsec_${Buffer.alloc(24).toString('base64')}`,
};

async function documentText(): Promise<string> {
  const environment = environmentFor(PROGRAM_GROUPS.api, PLACEHOLDERS);
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
  console.error(`${FILE} differs from what the API serves.`);
  process.exitCode = 1;
}
