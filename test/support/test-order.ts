import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The longest files of each project, the longest first: one that began last would run alone in the end. */
const LONGEST = [
  'test/model/model.test.ts',
  'test/deep/fuzz.test.ts',
  'test/deep/demo.test.ts',
  'test/deep/concurrent-requests.test.ts',
  'test/deep/outages-postgres.test.ts',
  'test/deep/outages.test.ts',
  'test/deep/silent-connections.test.ts',
  'test/deep/stuck-runs.test.ts',
  'test/deep/alerts-fired.test.ts',
  'test/deep/upgrade.test.ts',
  'test/deep/restore.test.ts',
  'test/deep/graceful-shutdown.test.ts',
  'test/deep/steps-failing.test.ts',
  'test/deep/wrong-answers.test.ts',
  'test/e2e/api-access.test.ts',
  'test/e2e/outcomes.test.ts',
  'test/e2e/erasure.test.ts',
  'test/e2e/owasp/consumption.test.ts',
  'test/e2e/order.test.ts',
  'test/workflow/lost-runs.test.ts',
  'test/workflow/compensation.test.ts',
  'test/workflow/order-endings.test.ts',
  'test/workflow/refund-failures.test.ts',
  'test/workflow/cancellation-requests.test.ts',
  'test/integration/order-lists.test.ts',
];
/** Their orders must reach their kill points before an attempt times out, so they run when nothing else does. */
const LAST = /test\/deep\/worker-kills[\w-]*\.test\.ts$/;
/** Those with the longest files first. Files of one project follow each other, so that they share processes. */
const PROJECTS = ['deep', 'e2e', 'workflow', 'integration', 'programs', 'unit'];

/** Vitest's own order, within each project, after the longest files and before those that run last. */
export class TestOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const rank = ({ moduleId }: TestSpecification) => {
      if (LAST.test(moduleId)) return LONGEST.length + 1;
      const found = LONGEST.findIndex((name) => moduleId.endsWith(name));
      return found < 0 ? LONGEST.length : found;
    };
    const place = ({ project }: TestSpecification) => PROJECTS.indexOf(project.name);
    return sorted.toSorted((a, b) => place(a) - place(b) || rank(a) - rank(b));
  }
}
