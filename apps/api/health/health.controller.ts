import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { HealthIndicatorService } from '@nestjs/terminus';

import { Store } from '#libs/store/store';

import { Operation } from '../http/operation.decorator.js';
import { ProblemError } from '../http/problem-error.js';

/** Milliseconds the database has to answer. */
const PATIENCE = 2_000;

@Controller('health')
export class HealthController {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly store: Store,
  ) {}

  @Get('live')
  @Operation('checkLive')
  @ApiOkResponse({ description: 'It runs' })
  live() {
    return { status: 'ok' };
  }

  /** Temporal is not asked: orders are taken and shown without it. */
  @Get('ready')
  @Operation('checkReady')
  @ApiOkResponse({ description: 'They can' })
  async ready() {
    const { database } = await this.indicators
      .check('database')
      .attempt(() => this.store.ping())
      .withTimeout(PATIENCE);
    if (database.status !== 'up') throw new ProblemError('unavailable', 'The database does not answer.');
    return { status: 'ok' };
  }
}
