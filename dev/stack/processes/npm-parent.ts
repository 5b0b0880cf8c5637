import { identify, parentOf, programName } from './process-identity.js';

/** Milliseconds. */
const LOOK_EVERY = 1_000;

const SHELLS: ReadonlySet<string> = new Set(['sh', 'bash', 'dash', 'ash', 'busybox', 'zsh']);

/**
 * Calls back once the npm that started this program is gone. Between the two there is a shell, which dies of a
 * signal without passing it on, and does not notice when npm is killed. A program started without npm may
 * outlive its caller.
 */
export function whenNpmEnds(callback: () => void): void {
  if (!process.env['npm_lifecycle_event']) return;
  const watched = upToNpm(process.ppid).map((pid) => ({ pid, identity: identify(pid) }));
  const timer = setInterval(() => {
    if (watched.every(({ pid, identity }) => identify(pid) === identity)) return;
    clearInterval(timer);
    callback();
  }, LOOK_EVERY);
  timer.unref();
}

function upToNpm(pid: number): number[] {
  const parent = SHELLS.has(programName(pid) ?? '') ? parentOf(pid) : undefined;
  return parent === undefined ? [pid] : [pid, ...upToNpm(parent)];
}
