import { afterAll, beforeAll } from 'vitest';

import { System, type SystemOptions } from './system.js';

/** Starts a system for the tests of a `describe`; after the last of them, checks what it left behind, and ends it. */
export function useSystem(
  opened: (system: System) => void,
  options: SystemOptions | (() => SystemOptions | Promise<SystemOptions>) = {},
  within?: number,
): void {
  let system: System | undefined;
  beforeAll(async () => {
    system = await System.start(typeof options === 'function' ? await options() : options);
    opened(system);
  }, within);
  afterAll(async () => {
    await system?.end();
  }, within);
}

/** Runs one test on a system of its own, which is checked afterwards. */
export async function withSystem(
  options: SystemOptions,
  test: (system: System) => Promise<void>,
): Promise<void> {
  const system = await System.start(options);
  try {
    await test(system);
    await system.checkInvariants();
  } finally {
    await system.close();
  }
}
