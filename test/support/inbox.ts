import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';

/** A mail server on loopback that keeps what it gets. */
export class Inbox {
  readonly mails: ParsedMail[] = [];
  /** How it answers the next mails: an SMTP code refuses them. */
  answer: { code: number; times: number } | undefined;
  private readonly server: SMTPServer;

  private constructor() {
    this.server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onData: (stream, _session, done) => {
        simpleParser(stream).then(
          (mail) => {
            if (this.answer && this.answer.times-- > 0) {
              done(Object.assign(new Error('scripted'), { responseCode: this.answer.code }));
              return;
            }
            this.mails.push(mail);
            done();
          },
          (error: unknown) => done(error instanceof Error ? error : new Error('unreadable mail')),
        );
      },
    });
  }

  /** @param port left out, a free one */
  static async open(port = 0): Promise<Inbox> {
    const inbox = new Inbox();
    await new Promise<void>((resolve, reject) => {
      // The first, a port that is taken, keeps it from opening; later ones are of a connection that broke.
      inbox.server.on('error', reject);
      inbox.server.listen(port, '127.0.0.1', resolve);
    });
    return inbox;
  }

  get url(): string {
    const address = this.server.server.address();
    if (address === null || typeof address === 'string') throw new Error('the inbox is closed');
    return `smtp://127.0.0.1:${address.port}`;
  }

  /** Subjects of the mails to one address, in order of arrival. */
  subjectsTo(address: string): (string | undefined)[] {
    return this.to(address).map((mail) => mail.subject);
  }

  /** What kind each mail to an address is, by its Message-ID, in order of arrival. */
  kindsTo(address: string): string[] {
    return this.to(address).map(({ messageId }) => /^<(\w+)\./.exec(messageId ?? '')?.[1] ?? '');
  }

  /** The mails of one kind to an address. */
  ofKind(kind: string, address: string): ParsedMail[] {
    return this.to(address).filter(({ messageId }) => messageId?.startsWith(`<${kind}.`));
  }

  to(address: string): ParsedMail[] {
    return this.mails.filter((mail) =>
      [mail.to ?? []].flat().some((list) => list.value.some((entry) => entry.address === address)),
    );
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}
