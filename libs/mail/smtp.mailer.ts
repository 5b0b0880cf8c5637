import nodemailer from 'nodemailer';

import { type CallLimit, UNLIMITED } from '#libs/providers/provider-limits';
import { inChildSpan, type SpanAttributes } from '#libs/telemetry/tracing';

import { withEncodedName } from './encoded-name.js';
import type { Mail, Mailer } from './mailer.js';
import { parseSender, type Sender } from './sender.js';
import { smtpFailure } from './smtp-failure.js';

/** Sends over SMTP, on a few connections that are kept open. */
export class SmtpMailer implements Mailer {
  readonly #transport;
  readonly #sender: Sender;
  readonly #timeout: number;
  readonly #limit: CallLimit;
  readonly #sending = new Set<Promise<unknown>>();
  readonly #server: SpanAttributes;

  /**
   * @param options.from as `MAIL_FROM` has it, `Shop <orders@shop.example>`
   * @param options.timeout for a whole sending, the wait for a free connection included, in milliseconds; not the
   *   wait until the limit admits it
   * @param options.limit left out, there is none
   */
  constructor({
    url,
    from,
    timeout,
    limit = UNLIMITED,
  }: {
    url: string;
    from: string;
    timeout: number;
    limit?: CallLimit;
  }) {
    this.#limit = limit;
    this.#sender = parseSender(from);
    this.#timeout = timeout;
    this.#server = serverOf(url);
    this.#transport = nodemailer.createTransport({
      url,
      pool: true,
      // A connection that breaks may have sent its mail; the caller decides whether to send it again.
      maxRequeues: 0,
      connectionTimeout: timeout,
      greetingTimeout: timeout,
      socketTimeout: timeout,
    });
  }

  async send({ to, name, subject, text, html, messageId }: Mail): Promise<void> {
    const { domain, ...from } = this.#sender;
    const message = {
      from,
      to: { name, address: to },
      subject,
      text,
      html,
      messageId: `<${messageId}@${domain}>`,
      // RFC 3834, 5: keeps out-of-office answers away.
      headers: { 'Auto-Submitted': 'auto-generated' },
    };
    const sending = this.#hand(message);
    this.#sending.add(sending);
    try {
      await sending;
    } catch (error) {
      throw smtpFailure(error);
    } finally {
      this.#sending.delete(sending);
    }
  }

  async #hand(message: Parameters<typeof withEncodedName>[0]): Promise<unknown> {
    await this.#limit.admit();
    const signal = AbortSignal.timeout(this.#timeout);
    const encoded = await withEncodedName(message);
    return inChildSpan('SMTP', { kind: 'client', attributes: this.#server }, () =>
      this.#transport.sendMail({ ...encoded, signal }),
    );
  }

  /** Waits for mails that are being sent, then closes the connections. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#sending);
    this.#transport.close();
  }
}

/** What a span says of the mail server; never who a mail is for. */
function serverOf(url: string): SpanAttributes {
  const { hostname, port, protocol } = new URL(url);
  return {
    'network.protocol.name': 'smtp',
    'server.address': hostname,
    'server.port': Number(port || (protocol === 'smtps:' ? 465 : 587)),
  };
}
