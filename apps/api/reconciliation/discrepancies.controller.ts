import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';

import {
  AcknowledgeDiscrepancy,
  DiscrepancyAddress,
  DiscrepancyList,
  DiscrepancyView,
  ListDiscrepancies,
} from '#libs/contracts/http/discrepancy.api';

import { Caller } from '../platform/auth/caller.js';
import { OptionalIdempotencyKey } from '../platform/idempotency/idempotency-key.js';
import { TakesJson } from '../platform/requests/json-body.guard.js';
import { Operation } from '../platform/openapi/operation.decorator.js';
import { DiscrepanciesService } from './discrepancies.service.js';

@Controller('reconciliation/discrepancies')
export class DiscrepanciesController {
  constructor(private readonly discrepancies: DiscrepanciesService) {}

  @Get()
  @Operation('listDiscrepancies')
  @ApiResponse({
    status: 200,
    description: 'The open discrepancies, or those of the requested state',
    standardSchema: DiscrepancyList,
  })
  async list(@Query({ schema: ListDiscrepancies }) query: ListDiscrepancies): Promise<DiscrepancyList> {
    return this.discrepancies.list(query);
  }

  @Post(':id/acknowledgement')
  @HttpCode(200)
  @Operation('acknowledgeDiscrepancy')
  @TakesJson()
  @ApiResponse({ status: 200, description: 'The discrepancy is closed', standardSchema: DiscrepancyView })
  async acknowledge(
    @Param({ schema: DiscrepancyAddress }) { id }: DiscrepancyAddress,
    @OptionalIdempotencyKey() key: string | null,
    @Body({ schema: AcknowledgeDiscrepancy }) { note }: AcknowledgeDiscrepancy,
    @Caller() service: string,
  ): Promise<DiscrepancyView> {
    return this.discrepancies.acknowledge(id, note, key, service);
  }
}
