import { readFileSync } from 'node:fs';

import { expect, it } from 'vitest';

interface Manifest {
  readonly version: string;
  readonly license: string;
  readonly engines: object;
  readonly dependencies: Readonly<Record<string, string>>;
}
const manifest = (path: string): Manifest => JSON.parse(readFileSync(path, 'utf8'));

it("the client's package has the version, the licence and the dependencies of the service", () => {
  const service = manifest('package.json');
  const client = manifest('libs/client/package.json');
  const { version, license, engines } = client;
  expect({ version, license, engines }).toEqual({
    version: service.version,
    license: service.license,
    engines: service.engines,
  });
  for (const [name, range] of Object.entries(client.dependencies))
    expect(service.dependencies[name], name).toBe(range);
});
