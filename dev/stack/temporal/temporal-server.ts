import { join } from 'node:path';

import { PROJECT_ROOT } from '../../build/project.js';
import { type Postgres, startPostgres } from '../postgres/postgres.js';
import { type Child, type ChildOptions, runChild, startChild } from '../processes/child.js';
import { freePort, isListening } from '../processes/ports.js';
import { send } from '../processes/process-identity.js';
import { registerNamespaces } from './namespaces.js';
import type { ServerPrograms } from './server-build.js';

/** The server's four services, in the order they are started in. */
export const SERVICES = ['history', 'matching', 'frontend', 'worker'] as const;
export type Service = (typeof SERVICES)[number];

/** The names of its processes. */
export const processOf = (service: Service) => `Temporal ${service}` as const;
export const TEMPORAL_POSTGRES = 'Temporal’s PostgreSQL';

export interface TemporalServerOptions extends Pick<ChildOptions, 'onStart'> {
  /** From findTemporalServer. */
  programs: ServerPrograms;
  namespaces: readonly string[];
  /** Of the frontend. Left out, a free one. */
  port?: number;
  /** The file that the output of a program is kept in. */
  logFile?(name: string): string;
  /** Whether PostgreSQL writes to the disk what it says it has stored; by default it does not, and is faster. */
  isDurable?: boolean;
}

/** Stays for ever what it was at the first start. */
const HISTORY_SHARDS = '16';
const PLUGIN = 'postgres12_pgx';
/** Four processes have up to 20 connections for runs, and 10 for lists of runs. */
const POSTGRES_SETTINGS = ['max_connections=200'];
const DATABASES = { temporal: 'temporal', temporal_visibility: 'visibility' } as const;

/**
 * Temporal's server as production has it: on a PostgreSQL of its own, with the settings of docker-compose.yml. Each of
 * its services is a process, so that one can be killed while the others run.
 */
export class TemporalServer {
  private readonly running = new Map<Service, Child>();

  private constructor(
    private readonly options: TemporalServerOptions,
    private readonly postgres: Postgres,
    private readonly ports: Readonly<Record<Service, { readonly grpc: number; readonly membership: number }>>,
    private readonly httpPort: number,
  ) {}

  static async start(options: TemporalServerOptions): Promise<TemporalServer> {
    const { logFile, onStart, isDurable } = options;
    const postgres = await startPostgres({
      name: TEMPORAL_POSTGRES,
      database: 'temporal',
      settings: POSTGRES_SETTINGS,
      isDurable,
      logFile: logFile?.('temporal-postgres'),
      onStart,
    });
    const ports = async (grpc?: number) => ({
      grpc: grpc ?? (await freePort()),
      membership: await freePort(),
    });
    const server = new TemporalServer(
      options,
      postgres,
      {
        history: await ports(),
        matching: await ports(),
        frontend: await ports(options.port),
        worker: await ports(),
      },
      await freePort(),
    );
    try {
      await server.makeTables();
      await server.startServices();
      await registerNamespaces(server.address, options.namespaces);
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  /** host:port, as TEMPORAL_ADDRESS has it. */
  get address(): string {
    return `127.0.0.1:${this.ports.frontend.grpc}`;
  }

  /**
   * Starts all of them, at the start or after kills. One goes ahead: in a new database each would write the metadata of
   * the cluster, and of two that do so at once one ends.
   */
  async startServices(): Promise<void> {
    await this.startService('history');
    await Promise.all(
      SERVICES.filter((service) => service !== 'history').map((service) => this.startService(service)),
    );
  }

  async startService(service: Service): Promise<void> {
    const { options, ports } = this;
    const child = await startChild({
      name: processOf(service),
      command: options.programs.server,
      args: ['--allow-no-auth', 'start', '--service', service],
      env: this.environment(),
      cwd: '/',
      logFile: options.logFile?.(`temporal-${service}`),
      onStart: (started) => {
        this.running.set(service, started);
        options.onStart?.(started);
      },
      // The worker serves no calls, and its port is not listened on.
      ...(service !== 'worker' && { ready: () => isListening(ports[service].grpc) }),
    });
    this.running.set(service, child);
  }

  /** Ends a service's process with `kill -9`, as a power cut would. */
  async kill(service: Service): Promise<void> {
    const child = this.running.get(service);
    if (!child) throw new Error(`Temporal’s ${service} service is not running`);
    this.running.delete(service);
    send(child.pid, 'SIGKILL');
    await child.exited;
  }

  async stop(hurry?: AbortSignal): Promise<void> {
    await Promise.all([...this.running.values()].map((child) => child.stop(hurry)));
    await this.postgres.stop(hurry);
  }

  private async makeTables(): Promise<void> {
    const { options, postgres } = this;
    const { username, password } = new URL(postgres.url);
    const env = {
      SQL_PLUGIN: PLUGIN,
      SQL_HOST: '127.0.0.1',
      SQL_PORT: String(postgres.port),
      SQL_USER: username,
      SQL_PASSWORD: password,
    };
    const sql = (...args: string[]) =>
      runChild({
        name: `Temporal’s schema tool (${args.join(' ')})`,
        command: options.programs.sql,
        args,
        env,
        onStart: options.onStart,
      });
    for (const [database, schema] of Object.entries(DATABASES)) {
      if (database !== 'temporal') await sql('--database', database, 'create-database');
      await sql('--database', database, 'setup-schema', '--version', '0.0');
      await sql('--database', database, 'update-schema', '--schema-name', `postgresql/v12/${schema}`);
    }
  }

  /** The server's embedded configuration reads these. */
  private environment(): NodeJS.ProcessEnv {
    const { ports, postgres, httpPort } = this;
    const { username, password } = new URL(postgres.url);
    return {
      DB: PLUGIN,
      DB_PORT: String(postgres.port),
      POSTGRES_SEEDS: '127.0.0.1',
      POSTGRES_USER: username,
      POSTGRES_PWD: password,
      DBNAME: 'temporal',
      VISIBILITY_DBNAME: 'temporal_visibility',
      NUM_HISTORY_SHARDS: HISTORY_SHARDS,
      BIND_ON_IP: '127.0.0.1',
      TEMPORAL_BROADCAST_ADDRESS: '127.0.0.1',
      FRONTEND_HTTP_PORT: String(httpPort),
      ...Object.fromEntries(
        SERVICES.flatMap((service) => [
          [`${service.toUpperCase()}_GRPC_PORT`, String(ports[service].grpc)],
          [`${service.toUpperCase()}_MEMBERSHIP_PORT`, String(ports[service].membership)],
        ]),
      ),
      DYNAMIC_CONFIG_FILE_PATH: join(PROJECT_ROOT, 'deploy/compose/temporal-dynamic-config.yaml'),
      LOG_LEVEL: 'warn',
    };
  }
}
