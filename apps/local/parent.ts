/** Milliseconds. */
const LOOK_EVERY = 500;

/**
 * Calls back once the npm that started this program is gone. npm passes a signal on to a shell between, and that
 * dies of it without telling anyone. A program started without npm may outlive who started it.
 */
export function whenNpmEnds(callback: () => void): void {
  if (!process.env['npm_lifecycle_event']) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    callback();
  }, LOOK_EVERY);
  timer.unref();
}
