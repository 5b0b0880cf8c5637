import { apiUrl, type LocalSettings, REPLACED_BY } from '../stack/local-settings.js';
import { type PartName } from '../stack/parts.js';

export interface Started {
  settings: LocalSettings;
  parts: ReadonlySet<PartName>;
  /** Undefined where none was made: on a database of one's own. */
  apiKey: string | undefined;
}

/** What a person needs next: where everything is, and how to place an order and follow it. */
export function welcome(started: Started): string {
  return [addresses(started), '', ...firstOrder(started), ''].join('\n');
}

function addresses({ settings: { environment, variables, embedded }, parts }: Started): string {
  const { local, sandbox } = environment;
  const api = apiUrl(environment.api);
  const here = (port: number) => `127.0.0.1:${port}`;
  const table: [name: string, address: string | undefined, part: PartName][] = [
    ['API', api, 'api'],
    ['API docs', `${api}/docs`, 'api'],
    ['Temporal', here(local.TEMPORAL_PORT), 'temporal'],
    ['Temporal UI', `http://${here(local.TEMPORAL_UI_PORT)}`, 'temporal'],
    ['Sandbox', `http://${here(sandbox.SANDBOX_PORT)}`, 'sandbox'],
    ['SMTP', here(local.SMTP_PORT), 'mail'],
    ['Inbox', `http://${here(local.INBOX_PORT)}`, 'mail'],
    ['PostgreSQL', variables['DATABASE_URL'], 'postgres'],
  ];
  const rows = table
    .filter(([, , part]) => parts.has(part))
    .map(([name, address]) => [name, address] as const);
  const own = Object.entries(REPLACED_BY).filter(
    ([piece]) => !Object.entries(embedded).some(([name, is]) => name === piece && is),
  );
  const replaced = own.map(([piece, variable]) => [`Your ${piece}`, `as ${variable} says`] as const);
  return [...rows, ...replaced].map(([name, address]) => `  ${name.padEnd(14)}${address}`).join('\n');
}

function firstOrder({ settings: { environment }, parts, apiKey }: Started): string[] {
  if (!parts.has('api')) return ['Start the API in another terminal with: npm run api'];
  const orders = `${apiUrl(environment.api)}/orders`;
  const authorization = `-H 'Authorization: Bearer ${apiKey ?? '<a key from npm run keys>'}'`;
  const order = {
    customer: { name: 'Ada Example', email: 'ada@example.com' },
    shippingAddress: { line1: 'Example Street 1', city: 'Berlin', postalCode: '10115', country: 'DE' },
    currency: 'EUR',
    lines: [{ sku: 'MUG-BLUE', quantity: 2 }],
    payment: { method: 'pm_card_visa' },
  };
  return [
    'Place an order:',
    `curl -sS ${orders} ${authorization} -H "Idempotency-Key: $(date +%s)" -H 'Content-Type: application/json' -d '${JSON.stringify(order)}'`,
    '',
    'Follow it (the newest comes first):',
    `curl -sS '${orders}?limit=1' ${authorization}`,
    ...(parts.has('worker') ? [] : ['', 'Start a worker in another terminal with: npm run worker']),
  ];
}
