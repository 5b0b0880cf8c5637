import { createServer, type Server } from 'node:http';

import Stripe from 'stripe';

import { freePort } from '../../local/ports.js';

export const SECRET = 'whsec_only_tests_know_of_it';

/** A shop that verifies what it is told, as Stripe's client does, and answers as the test says. */
export class Shop {
  readonly heard: Stripe.Event[] = [];
  status = 200;
  port = 0;
  #server: Server | undefined;

  /** On the port it had before, if it was open. */
  async open(): Promise<void> {
    this.port ||= await freePort();
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const signature = String(request.headers['stripe-signature']);
        this.heard.push(Stripe.webhooks.constructEvent(Buffer.concat(chunks), signature, SECRET));
        response.writeHead(this.status).end();
      });
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
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
