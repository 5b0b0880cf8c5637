import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { ExplainedError } from '#libs/explained-error';

import { PROJECT_ROOT } from '../build/project.js';
import { cacheFolder } from '../stack/processes/cache-folder.js';
import { type Child, runChild, startChild } from '../stack/processes/child.js';
import { onPath } from '../stack/processes/executables.js';
import type { EngineAccess } from './docker.js';

/** Debian's release with an engine that knows `start_interval`, and the mirror of its packages. */
const RELEASE = 'trixie';
const MIRROR = 'http://deb.debian.org/debian';
const ENGINE_PACKAGES = [
  'docker.io',
  'docker-cli',
  'docker-compose',
  'docker-buildx',
  'iptables',
  'iproute2',
];
/** To build with the machine's network, which is left as it is. */
const BUILDING = ['--iptables=false', '--ip-forward=false', '--bridge=none'];

class NoContainers extends ExplainedError {
  override readonly name = 'NoContainers';
}

/** Docker in a Debian tree of its own, for a machine without it: the tree is made once and kept in the cache. */
export class PrivateEngine {
  private child: Child | undefined;

  private constructor(
    /** A minimal Debian. */
    readonly debian: string,
    private readonly tree: string,
    private readonly checkout: string,
  ) {}

  /** @throws NoContainers where neither Docker nor root is there */
  static async make(checkout: string, say: (text: string) => void): Promise<PrivateEngine> {
    if (process.platform !== 'linux' || process.getuid?.() !== 0 || !onPath('debootstrap', process.env)) {
      throw new NoContainers(
        'Containers need Docker, or root on Linux with debootstrap: install Docker, or run this as root after apt-get install debootstrap.',
      );
    }
    const folder = join(cacheFolder(process.env), 'containers');
    mkdirSync(folder, { recursive: true });
    const engine = new PrivateEngine(join(folder, 'debian'), join(folder, 'engine'), checkout);
    if (!existsSync(engine.debian)) {
      say(`There is no Docker: making a Debian ${RELEASE} for it, which takes minutes …`);
      await makeTree(engine.debian, (building) =>
        run('debootstrap', '--variant=minbase', '--include=ca-certificates', RELEASE, building, MIRROR),
      );
    }
    if (!existsSync(engine.tree)) {
      say('Installing Docker into it …');
      await makeTree(engine.tree, async (building) => {
        await run('cp', '--archive', engine.debian, building);
        cpSync('/etc/resolv.conf', join(building, 'etc/resolv.conf'));
        const install = `apt-get update && apt-get install --yes --no-install-recommends ${ENGINE_PACKAGES.join(' ')}`;
        await run('chroot', building, 'sh', '-c', install);
      });
    }
    return engine;
  }

  /** Starts it in the machine's network, to build, or with a network that reaches nothing else, to run. */
  async start(purpose: 'build' | 'run'): Promise<EngineAccess> {
    await this.stop();
    mkdirSync(this.checkout, { recursive: true });
    const nameServer = purpose === 'run' ? 'nameserver 127.0.0.1\n' : undefined;
    if (nameServer === undefined) cpSync('/etc/resolv.conf', join(this.tree, 'etc/resolv.conf'));
    else writeFileSync(join(this.tree, 'etc/resolv.conf'), nameServer);
    this.child = await startChild({
      name: 'the engine of Docker',
      command: 'unshare',
      args: [
        '--mount',
        ...(purpose === 'run' ? ['--net'] : []),
        'sh',
        join(PROJECT_ROOT, 'dev/containers/engine.sh'),
        this.tree,
        this.checkout,
        ...(purpose === 'build' ? BUILDING : []),
      ],
      ready: /API listen on/,
      grace: 60_000,
    });
    const enter = ['nsenter', '--target', String(this.child.pid)];
    return {
      enter: [...enter, '--mount', '--', 'sh', '-c', 'cd /project && exec "$@"', '-'],
      network: purpose === 'run' ? [...enter, '--net', '--'] : [],
      folder: this.checkout,
      composeFiles: ['docker-compose.yml'],
    };
  }

  async stop(): Promise<void> {
    await this.child?.stop();
    this.child = undefined;
  }
}

/** Makes it beside its place and moves it there whole, so that an interrupted attempt is repeated. */
async function makeTree(tree: string, make: (building: string) => Promise<unknown>): Promise<void> {
  const building = `${tree}-building`;
  rmSync(building, { recursive: true, force: true });
  await make(building);
  if (readdirSync(building).length === 0) throw new Error(`${building} is empty`);
  renameSync(building, tree);
}

async function run(command: string, ...args: string[]): Promise<void> {
  await runChild({ name: command, command, args });
}
