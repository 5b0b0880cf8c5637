import { z } from 'zod';

import { seconds } from '../terminal/terminal.js';
import type { Claims } from './claims.js';
import type { Docker } from './docker.js';

const IMAGE = 'order-processing:local';
/** Bytes. */
const LARGEST = 320_000_000;
/** Milliseconds; Docker kills after ten times that. */
const PROMPT = 5_000;

const Image = z.object({
  Size: z.number(),
  Config: z.object({ User: z.string(), Labels: z.record(z.string(), z.string()) }),
});
const Container = z.object({
  Config: z.object({ User: z.string() }),
  HostConfig: z.object({
    ReadonlyRootfs: z.boolean(),
    CapDrop: z.array(z.string()),
    SecurityOpt: z.array(z.string()),
    Memory: z.number(),
  }),
});

/** The image: its size, user, labels, and that process 1 handles a signal at once. */
export async function checkImage(docker: Docker, claims: Claims): Promise<void> {
  const [image] = z.array(Image).parse(JSON.parse(await docker.run('image', 'inspect', IMAGE)));
  if (!image) throw new Error(`there is no ${IMAGE}`);
  const { Size: size, Config: config } = image;
  claims.check(size <= LARGEST, 'the image has at most 320 MB', `${(size / 1e6).toFixed(0)} MB`);
  claims.check(/^[1-9]\d*:[1-9]\d*$/.test(config.User), 'its user is a number and not root', config.User);
  claims.check(
    ['title', 'version', 'revision', 'licenses'].every(
      (key) => config.Labels[`org.opencontainers.image.${key}`],
    ),
    'it has the labels of OCI images',
  );
  const waiting = await docker.run('run', '--detach', IMAGE, 'node', '-e', 'setTimeout(() => {}, 600_000)');
  const since = Date.now();
  await docker.run('stop', '--time', '50', waiting);
  await docker.run('rm', waiting);
  const took = Date.now() - since;
  claims.check(took < PROMPT, 'it stops when it gets SIGTERM in its first second', seconds(took));
}

/** The containers that run: what they may do, and that it is so. */
export async function checkContainers(docker: Docker, claims: Claims): Promise<void> {
  for (const [service, megabytes] of [
    ['api', 512],
    ['worker', 512],
    ['postgres', 1_024],
    ['temporal', 1_024],
  ] as const) {
    const id = await docker.compose('ps', '--quiet', service);
    const [container] = z.array(Container).parse(JSON.parse(await docker.run('inspect', id)));
    const { ReadonlyRootfs, CapDrop, SecurityOpt, Memory } = container?.HostConfig ?? {};
    claims.check(
      ReadonlyRootfs === true &&
        CapDrop?.includes('ALL') === true &&
        SecurityOpt?.includes('no-new-privileges:true') === true &&
        Memory === megabytes * 1024 * 1024,
      `${service} has a read-only root, no capabilities, no new privileges, ${megabytes} MB`,
    );
  }
  for (const service of ['api', 'worker']) {
    const writes = await docker.succeeds('compose', 'exec', '-T', service, 'touch', '/app/written');
    claims.check(!writes, `${service} cannot write to its root`);
  }
}
