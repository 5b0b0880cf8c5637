import { Client, Connection } from '@temporalio/client';

import type { Environment } from '#libs/config/environment';

export type TemporalEnvironment = Environment<'temporal'>['temporal'];

/** The address of Temporal, in the form of its connections. */
export function connectionOptions(environment: TemporalEnvironment) {
  return {
    address: environment.TEMPORAL_ADDRESS,
    ...(environment.TEMPORAL_TLS || environment.TEMPORAL_API_KEY ? { tls: true } : {}),
    ...(environment.TEMPORAL_API_KEY ? { apiKey: environment.TEMPORAL_API_KEY } : {}),
  };
}

/** A client that connects when it is first used, so that a process can start while Temporal is down. */
export function lazyClient(environment: TemporalEnvironment): Client {
  return new Client({
    connection: Connection.lazy(connectionOptions(environment)),
    namespace: environment.TEMPORAL_NAMESPACE,
  });
}
