import { describe, expect, it } from 'vitest';

import { useSharedSystem } from '../support/shared-systems.js';
import type { System } from '../support/system.js';

describe('a running worker', () => {
  let system: System;
  useSharedSystem((opened) => {
    system = opened;
  });

  it('is live and ready', async () => {
    expect((await system.monitor('/health/live')).status).toBe(200);
    expect((await system.monitor('/health/ready')).status).toBe(200);
  });
});
