import { type CommandLine, defineCommand, usageError } from '#libs/command/command-line';
import { duration, flag, optional, text, withDefault } from '#libs/command/option';
import type { Build } from '#libs/temporal/worker-deployment';

export type DeployCommand =
  | { readonly does: 'status' }
  /** Milliseconds to wait for the build's workers. */
  | { readonly does: 'promote'; readonly build: Build; readonly wait: number }
  | { readonly does: 'ramp'; readonly build: string; readonly percentage: number; readonly wait: number }
  | { readonly does: 'unramp' }
  | { readonly does: 'retire'; readonly build: string };

const NAME = /^(?!__)[^:\s]{1,200}$/;

export const DEPLOY = defineCommand({
  name: 'npm run -s deploy --',
  forms: [
    'status',
    'ramp PERCENT --build ID',
    'ramp 0',
    'promote --build ID',
    'promote --unversioned',
    'retire --build ID',
  ],
  about: [
    'Shows which builds of the workers there are, gives a build a share of the orders, or all of them. Waits until workers',
    'of the build poll every task queue. Refuses, with exit code 1, a build that could not go on with an open order.',
    '`retire` begins the short runs anew of a build whose workers are gone before it was drained.',
  ],
  options: {
    build: optional(
      text('ID', NAME, 'the id of a build, as its TEMPORAL_WORKER_BUILD_ID has it'),
      'the build; by default TEMPORAL_WORKER_BUILD_ID',
    ),
    deployment: optional(
      text('NAME', NAME, 'the name of a deployment'),
      'the deployment; by default TEMPORAL_DEPLOYMENT_NAME, or orders',
    ),
    unversioned: flag('back to workers of before they were versioned'),
    wait: withDefault(duration(), '2m', 'how long the build’s workers are waited for'),
  },
});

/**
 * @param ownBuild what the environment names
 * @throws UsageError with the fault, and the usage of the program
 */
export function deployCommand(
  { options, operands }: CommandLine<typeof DEPLOY.options>,
  ownBuild: Build,
): DeployCommand {
  const [verb, share, ...rest] = operands;
  const build = options.build ?? ownBuild;
  const { unversioned, wait } = options;
  if (rest.length > 0) throw usageError(DEPLOY, `${rest.join(' ')} is too much.`);
  if (verb === 'status' && share === undefined) return { does: 'status' };
  if (verb === 'promote' && share === undefined) {
    if (unversioned && options.build !== undefined)
      throw usageError(DEPLOY, '--unversioned is given together with --build.');
    if (!unversioned && build === null) throw usageError(DEPLOY, '--build is missing.');
    return { does: 'promote', build: unversioned ? null : build, wait };
  }
  if (verb === 'retire' && share === undefined && !unversioned) {
    if (options.build === undefined) throw usageError(DEPLOY, '--build is missing.');
    return { does: 'retire', build: options.build };
  }
  if (verb === 'ramp' && !unversioned) {
    const percentage = /^\d{1,3}$/.test(share ?? '') ? Number(share) : 101;
    if (percentage > 100) throw usageError(DEPLOY, 'ramp takes a percentage from 0 to 100.');
    if (percentage === 0) return { does: 'unramp' };
    if (build === null) throw usageError(DEPLOY, '--build is missing.');
    return { does: 'ramp', build, percentage, wait };
  }
  throw usageError(DEPLOY, 'It is none of the forms.');
}
