import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';

import { personNamed } from '#libs/domain/order/actor';
import { scopesOf } from '#libs/domain/people/roles';
import type { Identity, SessionRecord } from '#libs/persistence/people/session.repository';
import type { Principal } from '#libs/persistence/requests/api-key.repository';
import { Store } from '#libs/persistence/store';

import { Settings } from '../../settings.js';
import { ProblemError } from '../problems/problem-error.js';
import { CSRF_HEADER, csrfToken, isCsrfToken } from './csrf-token.js';
import { isOfOrigin, isSafe } from './same-origin.js';
import { cookieOf, sessionCookie } from './session-cookie.js';

/** The session of a request. */
export interface Session extends SessionRecord {
  readonly csrfToken: string;
}

/** People who are signed in, by the cookies of their browsers. */
@Injectable()
export class Sessions {
  constructor(
    private readonly store: Store,
    private readonly settings: Settings,
  ) {}

  /** The session of a request's cookie; null for a request without one, or with one that has ended. */
  async of(request: Request): Promise<Session | null> {
    const cookie = this.cookieOf(request);
    if (cookie === undefined) return null;
    const session = await this.store.sessions.find(cookie, this.settings.console.sessions);
    return session && { ...session, csrfToken: csrfToken(cookie) };
  }

  /**
   * Every page can make a browser send the cookie, so that a request has to show that a page of the console made it.
   *
   * @throws ProblemError cross_site_request
   */
  refuseOtherPages(request: Request): void {
    this.refuseOtherOrigins(request);
    if (isSafe(request.method)) return;
    if (!isCsrfToken(request.get(CSRF_HEADER), this.cookieOf(request) ?? ''))
      throw crossSite(
        `A request of a person takes the session's token in ${CSRF_HEADER}; see GET /console/session.`,
      );
  }

  /** @throws ProblemError cross_site_request */
  refuseOtherOrigins(request: Request): void {
    const { origin } = this.settings.console;
    const provenance = {
      method: request.method,
      origin: request.get('origin'),
      fetchSite: request.get('sec-fetch-site'),
    };
    if (origin === undefined || !isOfOrigin(provenance, origin))
      throw crossSite(
        `A request of a person comes from a page of ${origin ?? 'CONSOLE_URL, which is not set'}.`,
      );
  }

  /** Signs a person in with a new session, so that no cookie that was there before is worth anything. */
  async begin(request: Request, response: Response, identity: Identity): Promise<Session> {
    const { origin, sessions } = this.settings.console;
    if (origin === undefined) throw new Error('people do not sign in here');
    const { cookie, session } = await this.store.sessions.begin(
      identity,
      sessions,
      this.cookieOf(request) ?? null,
    );
    const { name, options } = sessionCookie(origin);
    response.cookie(name, cookie, { ...options, maxAge: sessions.lifetime });
    return { ...session, csrfToken: csrfToken(cookie) };
  }

  async end(response: Response, { id }: Session): Promise<void> {
    await this.store.sessions.end(id);
    this.clearCookie(response);
  }

  /** Ends every session of the person. */
  async endAll(response: Response, { personId }: Session): Promise<void> {
    await this.store.sessions.endAll(personId);
    this.clearCookie(response);
  }

  private cookieOf(request: Request): string | undefined {
    const { origin } = this.settings.console;
    return origin === undefined ? undefined : cookieOf(request, sessionCookie(origin));
  }

  private clearCookie(response: Response): void {
    const { origin } = this.settings.console;
    if (origin === undefined) return;
    const { name, options } = sessionCookie(origin);
    response.clearCookie(name, options);
  }
}

/** The caller that a session makes of its person. */
export const callerOf = ({ id, personId, roles }: SessionRecord): Principal => ({
  service: personNamed(personId),
  scopes: scopesOf(roles),
  credentialId: id,
});

const crossSite = (detail: string) =>
  new ProblemError('cross_site_request', detail, { headers: { 'WWW-Authenticate': 'Bearer' } });
