import { createServer, type Server } from 'node:http';

import Stripe from 'stripe';

export const SECRET = 'whsec_only_tests_know_of_it';

/** A shop that verifies its webhooks, as Stripe's client does, and answers as the test sets. */
export class Shop {
  readonly heard: Stripe.Event[] = [];
  status = 200;
  port = 0;
  #server: Server | undefined;
  #away = false;

  open(): Promise<void> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const signature = String(request.headers['stripe-signature']);
        this.heard.push(Stripe.webhooks.constructEvent(Buffer.concat(chunks), signature, SECRET));
        response.writeHead(this.status).end();
      });
    });
    server.on('connection', (socket) => this.#away && socket.destroy());
    this.#server = server;
    return new Promise((resolve) => {
      server.listen(this.port, '127.0.0.1', () => {
        const address = server.address();
        if (typeof address === 'object' && address) this.port = address.port;
        resolve();
      });
    });
  }

  /** Hangs up on every caller, or listens again; it keeps its port, which another program could take. */
  set away(away: boolean) {
    this.#away = away;
    this.#server?.closeAllConnections();
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server?.close(() => resolve());
      this.#server?.closeAllConnections();
    });
  }

  get types(): string[] {
    return this.heard.map(({ type }) => type);
  }
}
