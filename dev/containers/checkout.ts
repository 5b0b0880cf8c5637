import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';

import { PROJECT_ROOT } from '../build/project.js';

/** Options that Compose gets beside the project's own file, where not all is as on a machine with the internet. */
export const STAND_INS_FILE = 'stand-ins.yml';

/** Copies the files that git has, or would take, into an empty folder: without `.env` and builds. */
export function copyCheckout(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: PROJECT_ROOT,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  for (const file of listed.split('\0').filter(Boolean)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(PROJECT_ROOT, file), join(folder, file));
  }
}

/** Lets Compose read its file before its secrets are made. */
export function writePlaceholders(folder: string): void {
  writeFileSync(join(folder, '.env'), 'CARRIER_SECRET=unset\nSTRIPE_WEBHOOK_SECRET=unset\n');
}

/** Builds with the network of the machine, and leaves out the parts whose image cannot be had. */
export function writeStandIns(folder: string, leftOut: readonly string[]): void {
  const build = { network: 'host' };
  const services = {
    api: { build },
    sandbox: { build },
    ...Object.fromEntries(leftOut.map((name) => [name, { profiles: ['left-out'] }])),
  };
  writeFileSync(join(folder, STAND_INS_FILE), stringify({ services }));
}

/** The commands in the head of docker-compose.yml: the first block of lines that are indented there. */
export function headCommands(folder: string): string {
  const lines = readFileSync(join(folder, 'docker-compose.yml'), 'utf8').split('\n');
  const first = lines.findIndex((line) => line.startsWith('#   '));
  const end = lines.findIndex((line, index) => index > first && !line.startsWith('#   '));
  return lines
    .slice(first, end)
    .map((line) => line.slice('#   '.length))
    .join('\n');
}
