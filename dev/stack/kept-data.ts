import { existsSync } from 'node:fs';
import { relative, sep } from 'node:path';

import { ExplainedError } from '../command/explained-error.js';
import { DATA_DIR, PROJECT_ROOT } from '../build/project.js';
import type { Step } from './steps.js';

const ANEW = 'npm start -- --fresh';

/** A part did not start on what an earlier start kept. */
export class KeptDataFailed extends ExplainedError {
  override readonly name = 'KeptDataFailed';
  constructor(places: readonly string[], cause: unknown) {
    const said = cause instanceof Error ? cause.message : String(cause);
    super(
      `${said}\nIt was started on ${places.map(shown).join(' and ')}, which an earlier start kept. ` +
        `Where that is damaged, begin anew, which deletes every order: ${ANEW}`,
      { cause },
    );
  }
}

/**
 * Has a step that fails on what is kept say so, and what to do.
 *
 * @param places where it keeps something; those that are not there yet cannot be the reason
 */
export function onKeptData(step: Step, places: readonly string[]): Step {
  return {
    ...step,
    async run(progress) {
      const there = places.filter((place) => existsSync(place));
      try {
        return await step.run(progress);
      } catch (error) {
        throw there.length === 0 ? error : new KeptDataFailed(there, error);
      }
    },
  };
}

/** What to do about a file in `.data` that cannot be read or written; undefined for any other failure. */
export function dataFault(error: unknown, folder = DATA_DIR): string | undefined {
  if (!(error instanceof Error && 'path' in error && typeof error.path === 'string')) return undefined;
  if (error.path !== folder && !error.path.startsWith(folder + sep)) return undefined;
  return (
    `${shown(folder)}, where everything is kept, cannot be used: ${error.message}. Let this user read and write it, ` +
    `or begin anew, which deletes it with every order: ${ANEW}`
  );
}

const shown = (place: string) =>
  place.startsWith(PROJECT_ROOT + sep) ? relative(PROJECT_ROOT, place) : place;
