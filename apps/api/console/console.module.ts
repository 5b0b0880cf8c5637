import { Module } from '@nestjs/common';

import { IdentityProvider } from './identity-provider.js';
import { PeopleController } from './people.controller.js';
import { SessionController } from './session.controller.js';
import { SignInController } from './sign-in.controller.js';
import { SignInService } from './sign-in.service.js';

/** People, how they sign in to the console, and their sessions. */
@Module({
  controllers: [PeopleController, SignInController, SessionController],
  providers: [SignInService, IdentityProvider],
})
export class ConsoleModule {}
