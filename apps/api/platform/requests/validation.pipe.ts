import { Injectable, StandardSchemaValidationPipe } from '@nestjs/common';

import { faultsOf } from '../problems/faults.js';
import { ProblemError } from '../problems/problem-error.js';

/** Checks whatever a route declares a schema for, and lists every fault at its place. */
@Injectable()
export class ValidationPipe extends StandardSchemaValidationPipe {
  constructor() {
    super({
      exceptionFactory: (issues) =>
        new ProblemError('invalid_request', undefined, { errors: faultsOf(issues) }),
    });
  }

  /** `__proto__` is an unknown field like any other, and refused with them instead of dropped. */
  protected override stripProtoKeys(): void {}
}
