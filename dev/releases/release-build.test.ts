import { expect, it } from 'vitest';

import { buildRelease, NoRelease } from './release-build.js';

it('a release that is neither here nor at origin is missed in a sentence that says what to do', async () => {
  const built = buildRelease('v0.0.0-never');
  await expect(built).rejects.toThrow(NoRelease);
  await expect(built).rejects.toThrow('git fetch origin tag v0.0.0-never');
});
