import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { describe, expect, it } from 'vitest';

const { scripts }: { scripts: Readonly<Record<string, string>> } = JSON.parse(
  readFileSync('package.json', 'utf8'),
);

const documentsIn = (folder: string, recursive: boolean) =>
  readdirSync(folder, { recursive, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name));
const DOCUMENTS = [
  ...documentsIn('.', false),
  ...documentsIn('docs', true),
  ...documentsIn('.github', true),
  'libs/client/README.md',
];

const textOf = (path: string) => readFileSync(path, 'utf8');
const withoutCode = (text: string) => text.replaceAll(/^ *```.*?^ *```$/gms, '').replaceAll(/`[^`\n]*`/g, '');
const matchesOf = (text: string, pattern: RegExp) =>
  [...text.matchAll(pattern)].map(([, found = '']) => found);

/** The anchors that GitHub gives the headings of a page. */
function anchorsOf(path: string): string[] {
  const headings = matchesOf(textOf(path).replaceAll(/^```.*?^```$/gms, ''), /^#+ (.*)$/gm);
  const slugs = headings.map((heading) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  );
  return slugs.map((slug, index) => {
    const before = slugs.slice(0, index).filter((other) => other === slug).length;
    return before === 0 ? slug : `${slug}-${before}`;
  });
}

describe.each(DOCUMENTS)('%s', (document) => {
  const text = textOf(document);

  it('links to what exists', () => {
    const links = matchesOf(withoutCode(text), /\]\(([^)\s]+)\)/g).filter((link) => !/^https?:/.test(link));
    const broken = links.filter((link) => {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? document : join(dirname(document), path);
      return !existsSync(target) || (anchor !== undefined && !anchorsOf(target).includes(anchor));
    });
    expect(broken).toEqual([]);
  });

  it('names files and folders that exist', () => {
    const paths = matchesOf(text, /`((?:apps|libs|dev|test|prisma|docs)\/[\w./-]+)`/g);
    expect(paths.filter((path) => !existsSync(path))).toEqual([]);
  });

  it('shows commands that exist', () => {
    const commands = matchesOf(text, /\bnpm (?:run )(?:-s |--silent )?([a-z][\w:-]*)/g);
    expect(commands.filter((name) => scripts[name] === undefined)).toEqual([]);
    const programs = matchesOf(text, /\bnode dist\/([\w./-]+)\.js\b/g);
    expect(programs.filter((program) => !existsSync(`${program}.ts`))).toEqual([]);
  });
});

it('README.md is short enough to be read', () => {
  expect(textOf('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(150);
});
