import { isIPv4 } from 'node:net';

import { Inject, Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Logger } from 'pino';

import type { DevelopmentSignIn, SignInView } from '#libs/contracts/http/console.api';
import type { Identity } from '#libs/persistence/people/session.repository';

import { consoleCookie, cookieOf } from '../platform/auth/session-cookie.js';
import { type Session, Sessions } from '../platform/auth/sessions.js';
import { LOG } from '../platform/logging/log.js';
import { ProblemError } from '../platform/problems/problem-error.js';
import { Settings } from '../settings.js';
import { IdentityProvider } from './identity-provider.js';
import { beginSignIn, newBrowserSecret, resumeSignIn, SIGN_IN_TIMEOUT } from './sign-in-state.js';

/** Signs people in, through the identity provider or, on a laptop, without one. */
@Injectable()
export class SignInService {
  constructor(
    private readonly settings: Settings,
    private readonly provider: IdentityProvider,
    private readonly sessions: Sessions,
    @Inject(LOG) private readonly log: Logger,
  ) {}

  methods(): SignInView {
    return { provider: this.provider.isConfigured, development: this.settings.console.hasDevelopmentSignIn };
  }

  /** Milliseconds. */
  get idleTimeout(): number {
    return this.settings.console.sessions.idle;
  }

  /** @returns where the person goes: the identity provider @throws ProblemError sign_in_off, identity_provider_unavailable */
  async begin(request: Request, response: Response, returnTo: string): Promise<string> {
    const cookie = this.cookie();
    // Kept while it is there, so that a second tab ends no sign-in of the first.
    const secret = cookieOf(request, cookie) ?? newBrowserSecret();
    const address = await this.provider.signInAddress(beginSignIn(secret, returnTo, Date.now()));
    response.cookie(cookie.name, secret, { ...cookie.options, maxAge: SIGN_IN_TIMEOUT });
    return address.href;
  }

  /**
   * @returns where the person goes: the page of the console that they came from
   * @throws ProblemError sign_in_off, sign_in_refused, no_role, identity_provider_unavailable
   */
  async finish(request: Request, response: Response, state = ''): Promise<string> {
    const secret = cookieOf(request, this.cookie());
    const signIn = secret === undefined ? null : resumeSignIn(secret, state, Date.now());
    if (!signIn) throw new ProblemError('sign_in_refused');
    const { search } = new URL(request.originalUrl, this.origin());
    await this.signIn(request, response, await this.provider.identify(search, state, signIn));
    return new URL(signIn.returnTo, this.origin()).href;
  }

  /** @throws ProblemError sign_in_off, cross_site_request */
  async signInForDevelopment(
    request: Request,
    response: Response,
    { name, role }: DevelopmentSignIn,
  ): Promise<Session> {
    if (!this.settings.console.hasDevelopmentSignIn) throw new ProblemError('sign_in_off');
    this.sessions.refuseOtherOrigins(request);
    // Neither from another machine nor through a tunnel to this one: a program there could name any origin.
    if (!isLoopback(request.socket.remoteAddress) || request.headers.host !== new URL(this.origin()).host)
      throw new ProblemError(
        'cross_site_request',
        'The development sign-in is for browsers of the same machine.',
      );
    return this.signIn(request, response, {
      issuer: 'urn:order-processing:development',
      subject: `${name}-${role}`,
      name: `${name} (${role})`,
      email: null,
      roles: [role],
    });
  }

  private async signIn(request: Request, response: Response, identity: Identity): Promise<Session> {
    const session = await this.sessions.begin(request, response, identity);
    this.log.info({ personId: session.personId, roles: session.roles }, 'a person signed in');
    return session;
  }

  private origin(): string {
    const { origin } = this.settings.console;
    if (origin === undefined) throw new ProblemError('sign_in_off');
    return origin;
  }

  /** What makes a sign-in one of this browser. It must come with the redirect from the provider's site. */
  private cookie() {
    return consoleCookie(this.origin(), 'order-console-sign-in', 'lax');
  }
}

function isLoopback(address = ''): boolean {
  const plain = address.replace(/^::ffff:/, '');
  return plain === '::1' || (isIPv4(plain) && plain.startsWith('127.'));
}
