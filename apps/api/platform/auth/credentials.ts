import { Injectable } from '@nestjs/common';

import { Store } from '#libs/persistence/store';

import { Settings } from '../../settings.js';

/** What callers prove with who they are: API keys and sessions, both known by UUIDs. */
@Injectable()
export class Credentials {
  constructor(
    private readonly store: Store,
    private readonly settings: Settings,
  ) {}

  /** Which of these still work: for requests that go on for long. @param ids as callers have them */
  async working(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const [keys, sessions] = await Promise.all([
      this.store.apiKeys.working(ids),
      this.store.sessions.goingOn(ids, this.settings.console.sessions),
    ]);
    return new Set([...keys, ...sessions]);
  }
}
