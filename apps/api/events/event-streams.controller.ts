import { applyDecorators, Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiResponse } from '@nestjs/swagger';
import type { Request, Response } from 'express';

import { FollowEvents, LastEventIdHeader } from '#libs/contracts/http/event.api';
import { eventExample } from '#libs/contracts/http/examples';
import { OrderAddress } from '#libs/contracts/http/order-address.api';
import type { Principal } from '#libs/persistence/requests/api-key.repository';

import { OrdersService } from '../orders/orders.service.js';
import { CallerCredential } from '../platform/auth/caller.js';
import { headerSchema, Operation } from '../platform/openapi/operation.decorator.js';
import { type Interest, STREAM_HEADERS } from './event-stream.js';
import { EventStreams } from './event-streams.service.js';
import { LastEventId } from './last-event-id.js';
import {
  eventMessage,
  heartbeatMessage,
  positionMessage,
  resetMessage,
  retryMessage,
} from './stream-messages.js';

/** What a stream answers with, and the header that it goes on by. */
const Streams = () =>
  applyDecorators(
    ApiHeader({
      name: 'Last-Event-ID',
      required: false,
      description: LastEventIdHeader.description,
      schema: headerSchema(LastEventIdHeader),
    }),
    ApiResponse({
      status: 200,
      description:
        'Server-Sent Events: the `data` of each message without an `event` is an `Event`, its `id` the `sequence`. A message `reset` says that events were removed which were not read',
      content: {
        'text/event-stream': {
          // Of a message or of the whole: tools do not agree on what a schema here is of.
          schema: {},
          examples: {
            messages: {
              value: [
                retryMessage(2_000),
                positionMessage(4_700),
                eventMessage(eventExample('order.confirmed')),
                heartbeatMessage(4_711),
              ].join(''),
            },
            reset: { value: resetMessage(4_711) },
          },
        },
      },
    }),
  );

/** The stream of events, told as they happen. */
@Controller()
export class EventStreamsController {
  constructor(
    private readonly streams: EventStreams,
    private readonly orders: OrdersService,
  ) {}

  @Get('events/stream')
  @Operation('streamEvents')
  @Streams()
  async followAll(
    @Query({ schema: FollowEvents }) { after, types }: FollowEvents,
    @LastEventId() last: number | undefined,
    @CallerCredential() caller: Principal,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.answer(request, response, caller, { types }, last ?? after);
  }

  @Get('orders/:id/events/stream')
  @Operation('streamOrderEvents')
  @Streams()
  async followOrder(
    @Param({ schema: OrderAddress }) { id }: OrderAddress,
    @Query({ schema: FollowEvents }) { after, types }: FollowEvents,
    @LastEventId() last: number | undefined,
    @CallerCredential() caller: Principal,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.orders.get(id);
    await this.answer(request, response, caller, { types, orderId: id }, last ?? after);
  }

  private async answer(
    { method }: Request,
    response: Response,
    caller: Principal,
    interest: Interest,
    after: number | undefined,
  ): Promise<void> {
    if (method === 'HEAD') response.set(STREAM_HEADERS).end();
    else await this.streams.answer(response, caller, interest, after);
  }
}
