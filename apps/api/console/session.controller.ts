import { Controller, Get, HttpCode, Post, Res } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import type { Response } from 'express';

import { SessionView } from '#libs/contracts/http/console.api';

import { CallerSession } from '../platform/auth/caller.js';
import { type Session, Sessions } from '../platform/auth/sessions.js';
import { Operation } from '../platform/openapi/operation.decorator.js';
import { Settings } from '../settings.js';
import { presentSession } from './session.presenter.js';

/** The session of the person who makes the request. */
@Controller('console')
export class SessionController {
  constructor(
    private readonly sessions: Sessions,
    private readonly settings: Settings,
  ) {}

  @Get('session')
  @Operation('readSession')
  @ApiResponse({ status: 200, description: 'Who is signed in', standardSchema: SessionView })
  read(@CallerSession() session: Session): SessionView {
    return presentSession(session, this.settings.console.sessions.idle);
  }

  @Post('sign-out')
  @HttpCode(204)
  @Operation('signOut')
  @ApiResponse({ status: 204, description: 'Signed out' })
  async signOut(
    @CallerSession() session: Session,
    @Res({ passthrough: true }) response: Response,
  ): Promise<void> {
    await this.sessions.end(response, session);
  }

  @Post('sign-out-everywhere')
  @HttpCode(204)
  @Operation('signOutEverywhere')
  @ApiResponse({ status: 204, description: 'Signed out with every browser; event streams end, too' })
  async signOutEverywhere(
    @CallerSession() session: Session,
    @Res({ passthrough: true }) response: Response,
  ): Promise<void> {
    await this.sessions.endAll(response, session);
  }
}
