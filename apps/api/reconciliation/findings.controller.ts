import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';

import {
  AcknowledgeFinding,
  FindingAddress,
  FindingList,
  FindingView,
  ListFindings,
} from '#libs/contracts/http/finding.api';

import { Caller } from '../platform/auth/caller.js';
import { OptionalIdempotencyKey } from '../platform/idempotency/idempotency-key.js';
import { TakesJson } from '../platform/requests/json-body.guard.js';
import { Operation } from '../platform/openapi/operation.decorator.js';
import { FindingsService } from './findings.service.js';

@Controller('findings')
export class FindingsController {
  constructor(private readonly findings: FindingsService) {}

  @Get()
  @Operation('listFindings')
  @ApiResponse({ status: 200, description: 'The open ones, or those asked for', standardSchema: FindingList })
  async list(@Query({ schema: ListFindings }) query: ListFindings): Promise<FindingList> {
    return this.findings.list(query);
  }

  @Post(':id/acknowledgement')
  @HttpCode(200)
  @Operation('acknowledgeFinding')
  @TakesJson()
  @ApiResponse({ status: 200, description: 'The finding is closed', standardSchema: FindingView })
  async acknowledge(
    @Param({ schema: FindingAddress }) { id }: FindingAddress,
    @OptionalIdempotencyKey() key: string | null,
    @Body({ schema: AcknowledgeFinding }) { note }: AcknowledgeFinding,
    @Caller() service: string,
  ): Promise<FindingView> {
    return this.findings.acknowledge(id, note, key, service);
  }
}
