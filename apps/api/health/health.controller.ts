import { Controller, Get, Inject } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { HealthIndicatorService } from '@nestjs/terminus';
import type { Logger } from 'pino';

import { HealthView } from '#libs/contracts/http/health.api';
import { failureCode } from '#libs/persistence/database/database-failure';
import { DatabaseProbe } from '#libs/persistence/database/database-probe';
import { Store } from '#libs/persistence/store';

import { Drain } from './drain.js';
import { Operation } from '../platform/openapi/operation.decorator.js';
import { ProblemError } from '../platform/problems/problem-error.js';
import { LOG } from '../platform/logging/log.js';

/** Milliseconds. */
const TIMEOUT = 2_000;

@Controller('health')
export class HealthController {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly probe: DatabaseProbe,
    private readonly store: Store,
    private readonly drain: Drain,
    @Inject(LOG) private readonly log: Logger,
  ) {}

  /** Fails only where nothing but a restart helps: neither while the database is down nor while stopping. */
  @Get('live')
  @Operation('checkLive')
  @ApiResponse({ status: 200, description: 'The process runs', standardSchema: HealthView })
  live(): HealthView {
    if (!this.store.isStuck()) return { status: 'ok' };
    this.log.error('not live: every connection to the database is in use and none comes back');
    throw new ProblemError('unavailable', 'The process must be restarted.');
  }

  /** Does not depend on Temporal: orders are accepted and read without it. */
  @Get('ready')
  @Operation('checkReady')
  @ApiResponse({ status: 200, description: 'Orders can be accepted', standardSchema: HealthView })
  async ready(): Promise<HealthView> {
    if (this.drain.hasBegun) throw new ProblemError('unavailable', 'The process is stopping.');
    let code = 'no_answer';
    const { database } = await this.indicators
      .check('database')
      .attempt(() =>
        this.probe.ping().catch((error: unknown) => {
          code = failureCode(error);
          throw error;
        }),
      )
      .withTimeout(TIMEOUT);
    if (database.status === 'up') return { status: 'ok' };
    const reason =
      code === 'pool_exhausted'
        ? 'every connection to the database is in use'
        : 'the database does not answer';
    this.log.warn({ code }, `not ready: ${reason}`);
    throw new ProblemError('unavailable', `Not ready: ${reason}.`);
  }
}
