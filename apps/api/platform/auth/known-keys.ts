import { createHash } from 'node:crypto';

import { Inject, Injectable } from '@nestjs/common';

import type { ApiKeyRepository, Principal } from '#libs/persistence/requests/api-key.repository';
import { Store } from '#libs/persistence/store';

/** For how long a key is not read again: a key that is revoked, or expires, works for so long at most. Milliseconds. */
export const KNOWN_FOR = 2_000;

/** How many keys are remembered; beyond it all are read again. */
const REMEMBERED = 1_000;

interface Known {
  /** By the monotonic clock, from when the reading began. */
  readonly until: number;
  readonly caller: Promise<Principal | null>;
}

/** API keys, each read from the database once in a while instead of for each request. Only keys that work are remembered. */
@Injectable()
export class KnownKeys {
  private readonly known = new Map<string, Known>();

  constructor(
    @Inject(Store) private readonly store: { readonly apiKeys: Pick<ApiKeyRepository, 'authenticate'> },
  ) {}

  /** The holder of a key; null for one that does not work. */
  async authenticate(key: string, now = performance.now()): Promise<Principal | null> {
    const hash = createHash('sha256').update(key).digest('base64');
    const known = this.known.get(hash);
    if (known && now < known.until) return known.caller;
    if (this.known.size >= REMEMBERED) this.known.clear();
    const reading: Known = { until: now + KNOWN_FOR, caller: this.store.apiKeys.authenticate(key) };
    this.known.set(hash, reading);
    let caller: Principal | null = null;
    try {
      caller = await reading.caller;
      return caller;
    } finally {
      if (caller === null && this.known.get(hash) === reading) this.known.delete(hash);
    }
  }
}
