import type { PoolUse } from '#libs/persistence/database/connection-pool';

import type { Metrics } from './metrics.js';

/** Shows how a process uses its connections to the database. @param use read at each request */
export function showPool(metrics: Metrics, use: () => PoolUse): void {
  metrics.gauge('db_client_connection_count', (gauge) => {
    const { used, idle } = use();
    gauge.set({ db_client_connection_state: 'used' }, used);
    gauge.set({ db_client_connection_state: 'idle' }, idle);
  });
  metrics.gauge('db_client_connection_max', (gauge) => gauge.set(use().max));
  metrics.gauge('db_client_connection_pending_requests', (gauge) => gauge.set(use().pending));
}
