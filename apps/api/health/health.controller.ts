import { Controller, Get } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { HealthIndicatorService } from '@nestjs/terminus';

import { HealthView } from '#libs/contracts/health.api';
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
  @ApiResponse({ status: 200, description: 'It runs', standardSchema: HealthView })
  live(): HealthView {
    return { status: 'ok' };
  }

  /** Temporal is not asked: orders are taken and shown without it. */
  @Get('ready')
  @Operation('checkReady')
  @ApiResponse({ status: 200, description: 'They can', standardSchema: HealthView })
  async ready(): Promise<HealthView> {
    const { database } = await this.indicators
      .check('database')
      .attempt(() => this.store.ping())
      .withTimeout(PATIENCE);
    if (database.status !== 'up') throw new ProblemError('unavailable', 'The database does not answer.');
    return { status: 'ok' };
  }
}
