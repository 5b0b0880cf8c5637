import { Body, Controller, Get, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import type { Request, Response } from 'express';

import {
  BeginSignIn,
  DevelopmentSignIn,
  FinishSignIn,
  SessionView,
  SignInView,
} from '#libs/contracts/http/console.api';

import { Operation } from '../platform/openapi/operation.decorator.js';
import { ProblemError } from '../platform/problems/problem-error.js';
import { TakesJson } from '../platform/requests/json-body.guard.js';
import { presentSession } from './session.presenter.js';
import { SignInService } from './sign-in.service.js';

/** How people come into the console, and out of the identity provider. */
@Controller('console')
export class SignInController {
  constructor(private readonly signIns: SignInService) {}

  @Get('sign-in/methods')
  @Operation('findSignIn')
  @ApiResponse({ status: 200, description: 'What is configured', standardSchema: SignInView })
  find(): SignInView {
    return this.signIns.methods();
  }

  @Get('sign-in')
  @Operation('beginSignIn')
  @ApiResponse({
    status: 303,
    description: 'To the identity provider; for a browser, to the console with a `problem`',
  })
  async begin(
    @Query({ schema: BeginSignIn }) { returnTo }: BeginSignIn,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await redirect(request, response, () => this.signIns.begin(request, response, returnTo));
  }

  @Get('sign-in/callback')
  @Operation('finishSignIn')
  @ApiResponse({ status: 303, description: 'Signed in, to the console; for a browser also with a `problem`' })
  async finish(
    @Query({ schema: FinishSignIn }) { state }: FinishSignIn,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await redirect(request, response, () => this.signIns.finish(request, response, state));
  }

  @Post('development-sign-in')
  @HttpCode(200)
  @Operation('signInForDevelopment')
  @TakesJson()
  @ApiResponse({ status: 200, description: 'Signed in', standardSchema: SessionView })
  async signIn(
    @Body({ schema: DevelopmentSignIn }) body: DevelopmentSignIn,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<SessionView> {
    return presentSession(
      await this.signIns.signInForDevelopment(request, response, body),
      this.signIns.idleTimeout,
    );
  }
}

/** A person sees the console say what went wrong, instead of a problem as JSON. */
async function redirect(request: Request, response: Response, address: () => Promise<string>): Promise<void> {
  try {
    response.redirect(303, await address());
  } catch (error) {
    if (!(error instanceof ProblemError) || request.accepts(['json', 'html']) !== 'html') throw error;
    response.redirect(303, `/console?problem=${error.code}`);
  }
}
