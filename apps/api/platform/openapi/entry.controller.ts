import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import type { Request, Response } from 'express';

import { EntryView } from '#libs/contracts/http/entry.api';

import { Operation } from './operation.decorator.js';

const ENTRY: EntryView = {
  docs: '/docs',
  openapi: '/openapi.json',
  problems: '/problems',
  orders: '/orders',
};

/** The entry point: links to the documents. */
@Controller()
export class EntryController {
  @Get()
  @Operation('findDocuments')
  @ApiResponse({ status: 200, description: 'The links', standardSchema: EntryView })
  @ApiResponse({ status: 302, description: 'For a browser: to the documentation' })
  show(@Req() request: Request, @Res() response: Response): void {
    if (request.accepts(['json', 'html']) === 'html') response.redirect(302, ENTRY.docs);
    else response.json(ENTRY);
  }
}
