import { randomUUID } from 'node:crypto';

/** The system's HTTP API, called with a key. */
export class ApiCaller {
  private readonly authorized: Readonly<Record<string, string>>;

  constructor(
    private readonly url: string,
    apiKey: string,
  ) {
    this.authorized = { authorization: `Bearer ${apiKey}` };
  }

  async get(path: string): Promise<unknown> {
    return (await this.read(path)).json();
  }

  /** @returns the answer with its headers @throws Error when the API refuses */
  async read(path: string): Promise<Response> {
    return answered(await fetch(`${this.url}${path}`, { headers: this.authorized }));
  }

  /** @param key the idempotency key; a new one when left out @throws Error when the API refuses */
  async post(path: string, body: object, key: string = randomUUID()): Promise<unknown> {
    const response = await fetch(`${this.url}${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { ...this.authorized, 'content-type': 'application/json', 'idempotency-key': key },
    });
    return (await answered(response)).json();
  }
}

async function answered(response: Response): Promise<Response> {
  if (!response.ok) throw new Error(`the API answered ${response.status}: ${await response.text()}`);
  return response;
}
