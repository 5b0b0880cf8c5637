import { describe, expect, it } from 'vitest';

import { answered } from '#libs/client/shop-client';

import { withSystem } from '../support/use-system.js';

describe('requests while no worker runs and Temporal is unreachable', () => {
  it('are done as soon as both are back', async () => {
    await withSystem({ worker: false }, async (system) => {
      await system.stop('api');
      await system.startApi({ TEMPORAL_ADDRESS: '127.0.0.1:1' });
      const { id } = await system.place();
      const params = { path: { id } };
      await answered(system.shop.POST('/orders/{id}/cancellation', { params }));
      await system.startWorker();
      await system.until(id, ({ status }) => status === 'cancelled', 40_000);
      const cancellation = await answered(system.shop.GET('/orders/{id}/cancellation', { params }));
      expect(cancellation.state).toBe('accepted');
    });
  });
});
