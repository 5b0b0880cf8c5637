import { once } from 'node:events';
import { connect } from 'node:net';
import { createServer, type Server } from 'node:tls';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { environmentFor } from '#libs/config/environment';
import { connectionOptions } from '#libs/temporal/connection';

/** Temporal as Temporal Cloud and guarded clusters have it: over TLS, for clients with a certificate that it knows. */
describe('a Temporal server that wants a client certificate', () => {
  const SERVER = 'temporal.example';
  const folder = mkdtempSync(join(tmpdir(), 'order-processing-tls-'));
  const file = (name: string, contents = '') => {
    const path = join(folder, name);
    writeFileSync(path, contents);
    return path;
  };
  let server: Server;
  let variables: Record<string, string>;

  beforeAll(async () => {
    const elliptic = { keyType: 'ec', algorithm: 'sha256' } as const;
    const authority = await generate([{ name: 'commonName', value: 'authority' }], {
      ...elliptic,
      extensions: [{ name: 'basicConstraints', cA: true }],
      clientCertificate: { cn: 'orders' },
    });
    const made = await generate([{ name: 'commonName', value: SERVER }], {
      ...elliptic,
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: SERVER }] }],
      ca: { key: authority.private, cert: authority.cert },
    });
    const [host = '', port = ''] = inject('temporalAddress').split(':');
    server = createServer(
      {
        key: made.private,
        cert: made.cert,
        ca: authority.cert,
        requestCert: true,
        rejectUnauthorized: true,
        ALPNProtocols: ['h2'],
      },
      (secure) => {
        const plain = connect(Number(port), host);
        secure.pipe(plain).pipe(secure);
        plain.on('error', () => secure.destroy());
        secure.on('error', () => plain.destroy());
        secure.on('close', () => plain.destroy());
      },
    );
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const address = server.address();
    variables = {
      TEMPORAL_ADDRESS: `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
      TEMPORAL_TLS_SERVER_NAME: SERVER,
      TEMPORAL_TLS_SERVER_CA_CERT_PATH: file('authority.pem', authority.cert),
      TEMPORAL_TLS_CLIENT_CERT_PATH: file('client.pem', authority.clientcert),
      TEMPORAL_TLS_CLIENT_KEY_PATH: file('client.key', authority.clientprivate),
    };
  });
  afterAll(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });

  const options = (except: readonly string[] = []) => {
    const set = Object.entries(variables).filter(([name]) => !except.includes(name));
    return connectionOptions(environmentFor(['temporal'], Object.fromEntries(set)).temporal);
  };

  it('answers the API', async () => {
    const connection = await Connection.connect({ ...options(), connectTimeout: 10_000 });
    const { serverVersion } = await connection.workflowService.getSystemInfo({});
    expect(serverVersion).toMatch(/^1\./);
    await connection.close();
  });

  it('answers the worker', async () => {
    const connection = await NativeConnection.connect(options());
    await connection.workflowService.getSystemInfo({});
    await connection.close();
  });

  it.each([
    ['without a certificate', ['TEMPORAL_TLS_CLIENT_CERT_PATH', 'TEMPORAL_TLS_CLIENT_KEY_PATH']],
    ['where its own is of an unknown authority', ['TEMPORAL_TLS_SERVER_CA_CERT_PATH']],
    ['under another name than that of its certificate', ['TEMPORAL_TLS_SERVER_NAME']],
  ])('does not answer %s', async (_, except) => {
    await expect(Connection.connect({ ...options(except), connectTimeout: 2_000 })).rejects.toThrow(
      'Failed to connect before the deadline',
    );
  });
});
