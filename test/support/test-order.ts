import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take longer than all others, the longest first: one that began last would run alone in the end. */
const LONGEST = [
  'test/model/model.test.ts',
  'test/deep/fuzz.test.ts',
  'test/deep/demo.test.ts',
  'test/deep/outages-postgres.test.ts',
  'test/deep/concurrent-requests.test.ts',
  'test/deep/outages.test.ts',
];
/** Its orders must reach their kill points before an attempt times out, so it runs when nothing else does. */
const LAST = 'test/deep/worker-kills.test.ts';
/** Those with the longest files first. Files of one project follow each other, so that they share processes. */
const PROJECTS = ['deep', 'e2e', 'workflow', 'integration', 'programs', 'unit'];

/** Vitest's own order, within each project, after the longest files and before the one that runs last. */
export class TestOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const rank = ({ moduleId }: TestSpecification) => {
      if (moduleId.endsWith(LAST)) return LONGEST.length + 1;
      const found = LONGEST.findIndex((name) => moduleId.endsWith(name));
      return found < 0 ? LONGEST.length : found;
    };
    const place = ({ project }: TestSpecification) => PROJECTS.indexOf(project.name);
    return sorted.toSorted((a, b) => place(a) - place(b) || rank(a) - rank(b));
  }
}
