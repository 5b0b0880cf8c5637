import { readFileSync } from 'node:fs';

import { expect, it } from 'vitest';
import { z } from 'zod';

import { ACTION_REQUESTS } from './explanation.presenter.js';

const document = z
  .object({ paths: z.record(z.string(), z.record(z.string(), z.object({ operationId: z.string() }))) })
  .parse(JSON.parse(readFileSync('openapi.json', 'utf8')));

it.each(Object.entries(ACTION_REQUESTS))(
  '%s is requested as it is documented',
  (operation, { method, path }) => {
    expect(document.paths[path]?.[method.toLowerCase()]?.operationId).toBe(operation);
  },
);
