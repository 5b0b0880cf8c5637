/** Runs docker-compose.yml and does to it what happens in production: kills, an upgrade, a restart of everything. */
import { execFile } from 'node:child_process';
import { appendFileSync, chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { stripeAt } from '../clients/gateway-records.js';
import { seconds } from '../terminal/terminal.js';
import { headCommands } from './checkout.js';
import { Claims } from './claims.js';
import { checkContainers, checkImage } from './confinement.js';
import { Docker, type EngineAccess } from './docker.js';
import { startNameResponder } from './name-responder.js';
import { PlacedOrders, within } from './placed-orders.js';

/** Milliseconds. */
const HEALTHY_WITHIN = 180_000;
const CHARGED_WITHIN = 120_000;
const DELIVERED_WITHIN = 300_000;
/** How many orders are placed at once. */
const AT_ONCE = 4;

const access: EngineAccess = JSON.parse(process.argv[2] ?? '');
const orders = Number(process.argv[3]);
const docker = new Docker(access);
const claims = new Claims();

const responder = access.network.length > 0 ? await startNameResponder() : undefined;
try {
  await docker.compose('down', '--volumes', '--remove-orphans');
  await run();
} catch (error) {
  claims.check(false, 'the run came to its end', error instanceof Error ? error.message : String(error));
  console.log(await docker.compose('logs', '--no-color', '--tail', '40').catch(String));
} finally {
  await docker.compose('down', '--volumes', '--remove-orphans', '--timeout', '10');
  responder?.close();
}
console.log(claims.failed === 0 ? 'All of it holds.' : `${claims.failed} claims do not hold.`);
process.exitCode = claims.failed === 0 ? 0 : 1;

async function run(): Promise<void> {
  console.log('The image');
  await checkImage(docker, claims);

  console.log('The head of docker-compose.yml, followed in an empty checkout');
  // Parcels arrive soon; and it shows that a line of .env reaches a program.
  writeFileSync(join(access.folder, '.env'), 'SANDBOX_DELIVERY_AFTER=1s\n');
  const began = Date.now();
  const key = await followHead();
  claims.check(
    key.length > 0,
    'its commands end with an order that was accepted',
    seconds(Date.now() - began),
  );
  await checkContainers(docker, claims);
  const placed = new PlacedOrders(key);
  claims.figure('an order charged, from its request', seconds(await placed.untilCharged(CHARGED_WITHIN)));

  console.log(`${orders} orders, while containers are killed with kill -9`);
  let placing = true;
  const load = Promise.all(Array.from({ length: AT_ONCE }, () => placeSome(placed))).finally(() => {
    placing = false;
  });
  load.catch(() => undefined);
  for (const [index, service] of ['worker', 'temporal', 'postgres'].entries()) {
    await within(HEALTHY_WITHIN, async () => {
      if (placing && placed.ids.length < (orders * (index + 1)) / 4) throw new Error('not enough orders yet');
    });
    await kill(service);
    const took = await placed.untilCharged(CHARGED_WITHIN);
    claims.figure(`${service} killed: until an order placed then was charged`, seconds(took));
    await healthy(service);
  }
  await load;

  console.log('An upgrade: another image for API and worker, beside orders');
  await docker.compose('build', '--build-arg', 'REVISION=upgrade', 'api');
  const more = Promise.all(Array.from({ length: 10 }, () => placed.place()));
  const upgrading = Date.now();
  await docker.compose('up', '--detach', '--wait', '--no-build', '--no-deps', 'api', 'worker');
  claims.figure('API and worker replaced and healthy after', seconds(Date.now() - upgrading));
  await more;
  const revisions = await Promise.all(['api', 'worker'].map(revisionOf));
  claims.check(
    revisions.every((revision) => revision === 'upgrade'),
    'both run the new image',
  );

  console.log('Everything down and up again, with orders under way and another password for the database');
  await Promise.all(Array.from({ length: 10 }, () => placed.place()));
  await docker.compose('down');
  appendFileSync(join(access.folder, '.env'), 'ORDERS_PASSWORD=another1\n');
  const restarting = Date.now();
  await docker.compose('up', '--detach', '--wait', '--no-build');
  claims.figure('all parts healthy after', seconds(Date.now() - restarting));
  const idle = await placed.untilCharged(CHARGED_WITHIN);
  claims.check(idle < 10_000, 'then an order is charged within 10 s', seconds(idle));

  console.log('In the end');
  await checkOrders(placed);
}

/** @returns the API key that the commands made */
async function followHead(): Promise<string> {
  const shims = join(access.folder, '.shims');
  mkdirSync(shims, { recursive: true });
  if (access.enter.length > 0) {
    const enter = access.enter.map((word) => `'${word}'`).join(' ');
    writeFileSync(join(shims, 'docker'), `#!/bin/sh\nexec ${enter} docker "$@"\n`);
    chmodSync(join(shims, 'docker'), 0o755);
  }
  const { stdout } = await promisify(execFile)(
    'sh',
    ['-euc', `${headCommands(access.folder)}\necho "key=$key"`],
    {
      cwd: access.folder,
      env: { ...docker.environment, PATH: `${shims}:${process.env['PATH']}` },
    },
  );
  return /^key=(.+)$/m.exec(stdout)?.[1] ?? '';
}

async function placeSome(placed: PlacedOrders): Promise<void> {
  while (placed.ids.length < orders) await placed.place();
}

/** Kills a container's process as a crash would: Docker's own `kill` counts as the wish that it stays away. */
async function kill(service: string): Promise<void> {
  const id = await docker.compose('ps', '--quiet', service);
  const pid = Number(await docker.run('inspect', '--format', '{{.State.Pid}}', id));
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Not root, or the engine is in a virtual machine.
    await docker.run('kill', id);
    await docker.run('start', id);
  }
}

async function healthy(service: string): Promise<void> {
  const id = await docker.compose('ps', '--all', '--quiet', service);
  await within(HEALTHY_WITHIN, async () => {
    const health = await docker.run('inspect', '--format', '{{.State.Health.Status}}', id);
    if (health !== 'healthy') throw new Error(`${service} is ${health}`);
  });
}

async function revisionOf(service: string): Promise<string> {
  const id = await docker.compose('ps', '--quiet', service);
  const label = '{{index .Config.Labels "org.opencontainers.image.revision"}}';
  return docker.run('inspect', '--format', label, id);
}

/** Every order delivered, and charged once. */
async function checkOrders(placed: PlacedOrders): Promise<void> {
  const deadline = Date.now() + DELIVERED_WITHIN;
  const late: string[] = [];
  for (const id of placed.ids) {
    const left = Math.max(0, deadline - Date.now());
    await placed
      .until(id, ({ status }) => status === 'delivered', left)
      .catch((error: unknown) => late.push(error instanceof Error ? error.message : String(error)));
  }
  const count = placed.ids.length;
  claims.check(late.length === 0, 'every order was delivered', `${count - late.length} of ${count}`);
  for (const message of late.slice(0, 10)) console.log(`    ${message}`);
  const charges = await chargesByOrder();
  const once = placed.ids.filter((id) => charges.get(id) === 1).length;
  claims.check(once === count, 'every order was charged once', `${once} of ${count}`);
}

/** How many charges took money, for each order. */
async function chargesByOrder(): Promise<Map<string, number>> {
  const stripe = stripeAt('http://127.0.0.1:4010');
  const orderOf = new Map<string, string>();
  for await (const { id, metadata } of stripe.paymentIntents.list({ limit: 100 })) {
    orderOf.set(id, metadata['orderId'] ?? '');
  }
  const counts = new Map<string, number>();
  for await (const { payment_intent: intent, status } of stripe.charges.list({ limit: 100 })) {
    if (status !== 'succeeded' || typeof intent !== 'string') continue;
    const order = orderOf.get(intent) ?? '';
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  return counts;
}
