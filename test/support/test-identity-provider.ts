import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

import Provider from 'oidc-provider';

const CLIENT = { id: 'orders', secret: 'secret-of-the-console' } as const;

/** A person whom the provider knows. */
export interface Account {
  readonly sub: string;
  readonly name: string;
  readonly email: string;
  readonly groups: readonly string[];
}

/** A real OpenID Connect provider on loopback. It signs in whom a test says, without a password. */
export class TestIdentityProvider {
  /** Who signs in next; null for a person who refuses to. */
  next: Account | null = null;
  /** Requests by method and path. */
  readonly requests: string[] = [];
  private readonly accounts = new Map<string, Account>();
  private provider: Provider | undefined;

  private constructor(
    readonly issuer: string,
    private readonly server: ReturnType<typeof createServer>,
  ) {}

  static async start(): Promise<TestIdentityProvider> {
    const server = createServer();
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the provider does not listen');
    const provider = new TestIdentityProvider(`http://127.0.0.1:${address.port}`, server);
    server.on('request', (request, response) => {
      provider
        .answer(request, response)
        .catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
    });
    return provider;
  }

  /** Settings of the API. */
  get environment(): Readonly<Record<string, string>> {
    return {
      CONSOLE_OIDC_ISSUER: this.issuer,
      CONSOLE_OIDC_CLIENT_ID: CLIENT.id,
      CONSOLE_OIDC_CLIENT_SECRET: CLIENT.secret,
      CONSOLE_ROLES: 'operator:order-operators,clerk:order-clerks,viewer:staff',
    };
  }

  /** Lets the console of this address sign people in. @param codeLifetime in seconds */
  serve(consoleUrl: string, codeLifetime = 60): void {
    this.provider = new Provider(this.issuer, {
      clients: [
        {
          client_id: CLIENT.id,
          client_secret: CLIENT.secret,
          redirect_uris: [`${consoleUrl}/console/sign-in/callback`],
        },
      ],
      claims: { openid: ['sub'], profile: ['name', 'groups'], email: ['email'] },
      cookies: { keys: ['only-for-tests'] },
      features: { devInteractions: { enabled: false } },
      interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
      pkce: { required: () => true },
      ttl: {
        AuthorizationCode: codeLifetime,
        AccessToken: 60,
        IdToken: 60,
        Interaction: 60,
        Grant: 60,
        Session: 60,
      },
      findAccount: (_context, id) => {
        const account = this.accounts.get(id);
        return account && { accountId: id, claims: async () => ({ ...account }) };
      },
      loadExistingGrant: async ({ oidc }) => {
        // Codes of one browser must share a grant, or the newest would make the others invalid.
        const known = oidc.session?.grantIdFor(oidc.client?.clientId ?? '');
        const earlier = known === undefined ? undefined : await oidc.provider.Grant.find(known);
        if (earlier) return earlier;
        const grant = new oidc.provider.Grant({
          clientId: oidc.client?.clientId,
          accountId: oidc.session?.accountId,
        });
        grant.addOIDCScope('openid profile email');
        await grant.save();
        return grant;
      },
    });
  }

  /** Answers nothing any more, until it serves again. */
  stopServing(): void {
    this.provider = undefined;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => void this.server.close(() => resolve()));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    this.requests.push(`${request.method} ${path}`);
    if (!this.provider) response.writeHead(503).end();
    else if (path.startsWith('/interaction/')) await this.signIn(this.provider, request, response);
    else await this.provider.callback()(request, response);
  }

  private async signIn(
    provider: Provider,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const account = this.next;
    if (account) this.accounts.set(account.sub, account);
    const result = account
      ? { login: { accountId: account.sub } }
      : { error: 'access_denied', error_description: 'the person refused' };
    await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  }
}
