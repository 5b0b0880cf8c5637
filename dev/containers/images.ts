import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { PROJECT_ROOT } from '../build/project.js';
import type { Docker } from './docker.js';

/** What the Dockerfile builds on, by what its arguments say. */
export interface BaseImages {
  readonly debian: string;
  readonly node: string;
}

export function baseImages(): BaseImages {
  const dockerfile = readFileSync(join(PROJECT_ROOT, 'Dockerfile'), 'utf8');
  const argument = (name: string) => {
    const value = new RegExp(`^ARG ${name}=(.+)$`, 'm').exec(dockerfile)?.[1];
    if (value === undefined) throw new Error(`the Dockerfile has no ARG ${name}`);
    return value;
  };
  return {
    debian: `debian:${argument('DEBIAN_VERSION')}-slim`,
    node: `node:${argument('NODE_VERSION')}-trixie-slim`,
  };
}

/** The images of others that are built on or run, those that are built on first. */
export async function neededImages(docker: Docker): Promise<string[]> {
  const { debian, node } = baseImages();
  const run = (await docker.compose('config', '--images')).split('\n').map((image) => image.trim());
  return [...new Set([debian, node, ...run.filter((image) => image && !image.endsWith(':local'))])];
}
