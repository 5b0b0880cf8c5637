import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

describe('the image', () => {
  const dockerfile = readFileSync('Dockerfile', 'utf8');
  const stages = dockerfile.split(/^FROM /m).slice(1);
  const stageOf = (name: string) => {
    const stage = stages.find((text) => text.split('\n', 1)[0]?.endsWith(` AS ${name}`));
    if (!stage) throw new Error(`the Dockerfile has no stage ${name}`);
    return stage;
  };

  it('is built apart from what it runs, on the Node of .nvmrc', () => {
    expect(dockerfile).toContain(`\nARG NODE_VERSION=${readFileSync('.nvmrc', 'utf8').trim()}\n`);
    for (const name of ['packages', 'node']) {
      expect(stageOf(name)).toMatch(/^(--platform=\$BUILDPLATFORM )?node:\$\{NODE_VERSION\}-\w+-slim AS /);
    }
    for (const name of ['production', 'sandbox']) expect(stageOf(name)).toMatch(/^runtime AS /);
    expect(stageOf('production')).toBe(stages.at(-1));
  });

  it('runs no script of a package while it is built', () => {
    const commands = dockerfile.match(/npm (ci|install|prune) [^&\n]*/g) ?? [];
    expect(commands).toHaveLength(2);
    for (const command of commands) expect(command).toContain('--ignore-scripts');
  });

  it('runs as an unprivileged user, by number, below an init', () => {
    expect(stageOf('runtime')).toMatch(/^ENV NODE_ENV=production$/m);
    expect(stageOf('runtime')).toMatch(/^ENTRYPOINT \["tini", "--"\]$/m);
    for (const name of ['production', 'sandbox']) expect(stageOf(name)).toMatch(/^USER [1-9]\d*:[1-9]\d*$/m);
  });

  it('has no development settings in production', () => {
    for (const name of ['runtime', 'production']) {
      expect(stageOf(name)).not.toMatch(/dist\/dev|\bdist dist\b/);
    }
  });

  it('contains only the files that are named', () => {
    const [first] = readFileSync('.dockerignore', 'utf8')
      .split('\n')
      .filter((line) => line && !line.startsWith('#'));
    expect(first).toBe('*');
    expect(readFileSync('.dockerignore', 'utf8')).not.toMatch(/^!.*(\.env|\.data|node_modules)/m);
  });
});
