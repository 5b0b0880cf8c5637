import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import type { Request, Response } from 'express';

import { ProblemAddress } from '#libs/contracts/http/problem.api';
import { isProblemCode, PROBLEM_CODES, type ProblemCode } from '#libs/contracts/http/problems';

import { Operation } from '../openapi/operation.decorator.js';
import { ProblemError } from './problem-error.js';
import { problemEntry, problemPage } from './problem-page.js';

const jsonOrPage = (description: string, schema: string) => ({
  status: 200,
  description,
  content: {
    'application/json': { schema: { $ref: `#/components/schemas/${schema}` } },
    'text/html': { schema: { type: 'string' } },
  },
});

/** The documentation of the problem types, as JSON and HTML. */
@Controller('problems')
export class ProblemsController {
  @Get()
  @Operation('listProblems')
  @ApiResponse(jsonOrPage('All problem types, as JSON or HTML', 'ProblemTypeList'))
  list(@Req() request: Request, @Res() response: Response): void {
    show(request, response, PROBLEM_CODES, { data: PROBLEM_CODES.map(problemEntry) });
  }

  @Get(':code')
  @Operation('readProblem')
  @ApiResponse(jsonOrPage('The problem type, as JSON or HTML', 'ProblemType'))
  read(
    @Param({ schema: ProblemAddress }) { code }: ProblemAddress,
    @Req() request: Request,
    @Res() response: Response,
  ): void {
    if (!isProblemCode(code)) throw new ProblemError('not_found');
    show(request, response, [code], problemEntry(code));
  }
}

function show(request: Request, response: Response, codes: readonly ProblemCode[], json: object): void {
  if (request.accepts(['json', 'html']) === 'html') response.type('html').send(problemPage(codes));
  else response.json(json);
}
