/** `npm run test:containers`: the image and docker-compose.yml, built and run. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { runCommand } from '#libs/command/run-command';

import { programPath } from '../build/project.js';
import { copyCheckout, STAND_INS_FILE, writePlaceholders, writeStandIns } from './checkout.js';
import { CONTAINERS, type ContainersOptions } from './containers-command.js';
import { Docker, type EngineAccess } from './docker.js';
import { baseImages, neededImages } from './images.js';
import { PrivateEngine } from './private-engine.js';
import { makeStandIn, parsed, STAND_INS } from './stand-ins.js';

await runCommand(CONTAINERS, ({ options }) => test(options));

async function test(options: ContainersOptions): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'order-processing-containers-'));
  copyCheckout(folder);
  writePlaceholders(folder);
  const local: EngineAccess = { enter: [], network: [], folder, composeFiles: ['docker-compose.yml'] };
  const engine = (await new Docker(local).succeeds('info'))
    ? undefined
    : await PrivateEngine.make(folder, console.log);
  try {
    const building = (await engine?.start('build')) ?? local;
    const standIns = await provideImages(building, engine, options['stand-ins']);
    const composeFiles =
      engine || standIns.length > 0 ? [...local.composeFiles, STAND_INS_FILE] : local.composeFiles;
    console.log('Building the image …');
    await new Docker({ ...building, composeFiles }).compose('build');
    const running = (await engine?.start('run')) ?? local;
    return runStory({ ...running, composeFiles }, options.orders);
  } finally {
    await engine?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Pulls each image, or makes a stand-in for it. @returns those with stand-ins, or left out */
async function provideImages(
  access: EngineAccess,
  engine: PrivateEngine | undefined,
  pullNothing: boolean,
): Promise<string[]> {
  const docker = new Docker(access);
  const base = baseImages();
  const needed = await neededImages(docker);
  const canPull = !pullNothing && (await pulled(docker, base.debian));
  const standIns: string[] = [];
  for (const image of needed) {
    if (canPull && (await pulled(docker, image))) continue;
    standIns.push(image);
    const { repository } = parsed(image);
    const standIn = STAND_INS[repository];
    if (image !== base.debian && !standIn) {
      console.log(`Left out, as ${image} cannot be pulled.`);
      continue;
    }
    console.log(`A stand-in for ${image}: ${standIn?.madeOf ?? 'debootstrap'}.`);
    if (await docker.succeeds('image', 'inspect', image)) continue;
    const { debian } = engine ?? (await PrivateEngine.make(access.folder, console.log));
    await makeStandIn(image, base, debian, access);
  }
  writeStandIns(
    access.folder,
    standIns.some((image) => image.startsWith('temporalio/ui:')) ? ['temporal-ui'] : [],
  );
  return standIns;
}

async function pulled(docker: Docker, image: string): Promise<boolean> {
  return docker.succeeds('pull', '--quiet', image);
}

/** The run itself, as a program in the engine's network. @returns its exit code */
function runStory(access: EngineAccess, orders: number): number {
  const [command, ...args] = [
    ...access.network,
    process.execPath,
    programPath('dev/containers/story.js'),
    JSON.stringify(access),
    String(orders),
  ];
  const { status, error } = spawnSync(command, args, { stdio: 'inherit' });
  if (error) throw error;
  return status ?? 1;
}
