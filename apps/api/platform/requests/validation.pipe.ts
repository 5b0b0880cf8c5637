import { Injectable, StandardSchemaValidationPipe } from '@nestjs/common';

import { fieldErrors } from '../problems/field-errors.js';
import { ProblemError } from '../problems/problem-error.js';

/** Validates what a route declares a schema for, and reports every error with its pointer. */
@Injectable()
export class ValidationPipe extends StandardSchemaValidationPipe {
  constructor() {
    super({
      exceptionFactory: (issues) =>
        new ProblemError('invalid_request', undefined, { errors: fieldErrors(issues) }),
    });
  }

  /** `__proto__` is an unknown field like any other, and refused with them instead of dropped. */
  protected override stripProtoKeys(): void {}
}
