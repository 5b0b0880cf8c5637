import { existsSync } from 'node:fs';
import { relative, sep } from 'node:path';

import { ExplainedError } from '#libs/explained-error';
import { DATA_DIR, PROJECT_ROOT } from '../build/project.js';
import type { Step } from './step.js';

const ANEW = 'npm start -- --fresh';

/** A part did not start on the data of an earlier start. */
class KeptDataFailed extends ExplainedError {
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
 * Makes a step that fails on kept data report that, and what to do.
 *
 * @param places where it keeps data; a place that is not there yet cannot be the reason
 */
export function onKeptData(step: Step, places: readonly string[]): Step {
  return {
    ...step,
    async run(progress) {
      const there = places.filter((place) => existsSync(place));
      try {
        await step.run(progress);
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
