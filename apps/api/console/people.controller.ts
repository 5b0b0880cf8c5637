import { Controller, Get, Param } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';

import { PersonAddress, PersonView } from '#libs/contracts/http/console.api';
import { Store } from '#libs/persistence/store';

import { Operation } from '../platform/openapi/operation.decorator.js';
import { ProblemError } from '../platform/problems/problem-error.js';

@Controller('people')
export class PeopleController {
  constructor(private readonly store: Store) {}

  @Get(':id')
  @Operation('readPerson')
  @ApiResponse({ status: 200, description: 'The person', standardSchema: PersonView })
  async read(@Param({ schema: PersonAddress }) { id }: PersonAddress): Promise<PersonView> {
    const person = await this.store.people.find(id);
    if (!person) throw new ProblemError('person_not_found');
    const { issuer, subject, name } = person;
    return { id, issuer, subject, name };
  }
}
