import { Client, Connection, type TLSConfig } from '@temporalio/client';

import type { Environment } from '#libs/config/environment';

import { traceInterceptor } from './trace-interceptor.js';

export type TemporalEnvironment = Environment<'temporal'>['temporal'];

/** The address of Temporal, in the form of its connections. TLS is on as soon as anything of it is set. */
export function connectionOptions(environment: TemporalEnvironment) {
  const { TEMPORAL_API_KEY: apiKey } = environment;
  const tls = tlsOptions(environment);
  const isSecure = environment.TEMPORAL_TLS || apiKey !== undefined || Object.keys(tls).length > 0;
  return {
    address: environment.TEMPORAL_ADDRESS,
    ...(isSecure ? { tls } : {}),
    ...(apiKey === undefined ? {} : { apiKey }),
  };
}

function tlsOptions(environment: TemporalEnvironment): TLSConfig {
  const name = environment.TEMPORAL_TLS_SERVER_NAME;
  const authority = environment.TEMPORAL_TLS_SERVER_CA_CERT_PATH;
  const certificate = environment.TEMPORAL_TLS_CLIENT_CERT_PATH;
  const key = environment.TEMPORAL_TLS_CLIENT_KEY_PATH;
  return {
    ...(name === undefined ? {} : { serverNameOverride: name }),
    ...(authority === undefined ? {} : { serverRootCACertificate: Buffer.from(authority) }),
    ...(certificate === undefined || key === undefined
      ? {}
      : { clientCertPair: { crt: Buffer.from(certificate), key: Buffer.from(key) } }),
  };
}

/** A client that connects when it is first used, so that a process can start while Temporal is down. */
export function lazyClient(environment: TemporalEnvironment): Client {
  return new Client({
    connection: Connection.lazy(connectionOptions(environment)),
    namespace: environment.TEMPORAL_NAMESPACE,
    interceptors: { workflow: [traceInterceptor] },
  });
}
