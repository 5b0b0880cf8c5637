import { Inject, Injectable } from '@nestjs/common';
import * as oidc from 'openid-client';
import type { Logger } from 'pino';

import { grantedRoles, hasClaim } from '#libs/domain/people/roles';
import type { Identity } from '#libs/persistence/people/session.repository';

import { LOG } from '../platform/logging/log.js';
import { ProblemError } from '../platform/problems/problem-error.js';
import { type ConsoleSettings, Settings } from '../settings.js';
import { identityOf } from './identity.js';
import { discoveryFailure, signInFailure } from './sign-in-failure.js';
import type { SignIn } from './sign-in-state.js';

type ProviderSettings = NonNullable<ConsoleSettings['provider']>;

/** Where the provider sends people back to. */
export const CALLBACK_PATH = '/console/sign-in/callback';

/** Seconds that one request to the provider may take. */
const TIMEOUT = 10;
/** Milliseconds after which the provider's metadata is read anew. */
const METADATA_AGE = 3_600_000;

/** Signs people in by OpenID Connect: authorization code with PKCE, state and nonce. */
@Injectable()
export class IdentityProvider {
  private known: { readonly configuration: oidc.Configuration; readonly until: number } | undefined;

  constructor(
    private readonly settings: Settings,
    @Inject(LOG) private readonly log: Logger,
  ) {}

  get isConfigured(): boolean {
    return this.settings.console.provider !== undefined;
  }

  /** @throws ProblemError sign_in_off, identity_provider_unavailable */
  async signInAddress({ state, nonce, verifier }: SignIn & { readonly state: string }): Promise<URL> {
    const { provider, callback } = this.configured();
    const configuration = await this.configuration(provider);
    return oidc.buildAuthorizationUrl(configuration, {
      redirect_uri: callback.href,
      scope: provider.scopes,
      state,
      nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
  }

  /**
   * Who the person is that comes back.
   *
   * @param search the query that the provider sent them back with
   * @throws ProblemError sign_in_off, sign_in_refused, no_role, identity_provider_unavailable
   */
  async identify(search: string, state: string, { verifier, nonce }: SignIn): Promise<Identity> {
    const { provider, callback } = this.configured();
    const configuration = await this.configuration(provider);
    callback.search = search;
    const claims = await this.asked(signInFailure, () =>
      claimsOf(configuration, callback, state, verifier, nonce, provider),
    );
    const roles = grantedRoles(claims, provider.rolesClaim, provider.roleRules);
    if (roles.length === 0) throw new ProblemError('no_role');
    const identity = identityOf(claims, roles);
    if (identity === null) throw new ProblemError('sign_in_refused');
    return identity;
  }

  private configured() {
    const { provider, origin } = this.settings.console;
    if (provider === undefined || origin === undefined) throw new ProblemError('sign_in_off');
    return { provider, callback: new URL(CALLBACK_PATH, origin) };
  }

  private async configuration(provider: ProviderSettings): Promise<oidc.Configuration> {
    const now = Date.now();
    if (this.known && now < this.known.until) return this.known.configuration;
    const configuration = await this.asked(discoveryFailure, () => discovered(provider));
    this.known = { configuration, until: now + METADATA_AGE };
    return configuration;
  }

  /** Errors of the client may quote claims or codes: only their kind is logged. */
  private async asked<T>(failure: typeof signInFailure, ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      const { problem, reason } = failure(error);
      this.log.warn({ code: problem, reason }, 'the identity provider signed no person in');
      throw new ProblemError(problem);
    }
  }
}

async function discovered({ issuer, clientId, clientSecret }: ProviderSettings): Promise<oidc.Configuration> {
  const address = new URL(issuer);
  // The settings allow http:// on a laptop alone.
  const execute = [
    oidc.enableNonRepudiationChecks,
    ...(address.protocol === 'http:' ? [oidc.allowInsecureRequests] : []),
  ];
  const options = { execute, timeout: TIMEOUT };
  return oidc.discovery(address, clientId, undefined, authentication(clientSecret), options);
}

/** As the provider has it; Basic is the default (OpenID Connect Discovery 1.0, section 3). */
function authentication(secret: string): oidc.ClientAuth {
  const [basic, post] = [oidc.ClientSecretBasic(secret), oidc.ClientSecretPost(secret)];
  return function authenticate(provider, ...request) {
    const methods = provider.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    (methods.includes('client_secret_basic') ? basic : post)(provider, ...request);
  };
}

/** The claims of the ID token, and what the provider tells at its UserInfo endpoint alone. */
async function claimsOf(
  configuration: oidc.Configuration,
  address: URL,
  state: string,
  verifier: string,
  nonce: string,
  { rolesClaim }: ProviderSettings,
): Promise<Readonly<Record<string, unknown>>> {
  const tokens = await oidc.authorizationCodeGrant(configuration, address, {
    expectedState: state,
    expectedNonce: nonce,
    pkceCodeVerifier: verifier,
    idTokenExpected: true,
  });
  const claims = tokens.claims();
  if (!claims) throw new Error('an ID token was expected');
  const isComplete = hasClaim(claims, rolesClaim) && hasClaim(claims, 'name');
  if (isComplete || configuration.serverMetadata().userinfo_endpoint === undefined) return claims;
  const told = await oidc.fetchUserInfo(configuration, tokens.access_token, claims.sub);
  return { ...told, ...claims };
}
