import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take longer than all others, the longest first: one that began last would run alone in the end. */
const LONGEST = [
  'test/model/model.test.ts',
  'test/deep/fuzz.test.ts',
  'test/deep/worker-kills.test.ts',
  'test/deep/demo.test.ts',
  'test/deep/outages-postgres.test.ts',
  'test/deep/concurrent-requests.test.ts',
  'test/deep/outages.test.ts',
];

/** Vitest's order, after the longest files. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const rank = ({ moduleId }: TestSpecification) => {
      const found = LONGEST.findIndex((name) => moduleId.endsWith(name));
      return found < 0 ? LONGEST.length : found;
    };
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}
