import { createServer, type Server, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';

import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, describe, expect, it } from 'vitest';

import { Outage, Refusal } from '#libs/domain/order/failure';

import type { Mail } from './mailer.js';
import { SmtpMailer } from './smtp.mailer.js';

const MAIL: Mail = {
  to: 'ada@example.com',
  name: 'Ada Lovelace',
  subject: 'Your order is confirmed',
  text: 'Hello Ada, € 19.90\n',
  html: '<p>Hello Ada, € 19.90</p>\n',
  messageId: 'confirmation.0193a5c0-7b1e-7cc3-98c4-dc0c0c07398f',
};

const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A mail server that keeps what it takes. */
async function mailServer(options: SMTPServerOptions = {}) {
  const mails: ParsedMail[] = [];
  const sources: string[] = [];
  const recipients: string[] = [];
  const extensions: (string | undefined)[] = [];
  const connections = { count: 0 };
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onConnect(_session, callback) {
      connections.count += 1;
      callback();
    },
    onData(stream, session, callback) {
      recipients.push(...session.envelope.rcptTo.map(({ address }) => address));
      const { args } = session.envelope.mailFrom || {};
      extensions.push(args && 'SMTPUTF8' in args ? 'SMTPUTF8' : undefined);
      text(stream)
        .then((source) => {
          sources.push(source);
          return simpleParser(source);
        })
        .then((mail) => {
          mails.push(mail);
          callback();
        }, callback);
    },
    ...options,
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => new Promise((resolve) => server.close(resolve)));
  return { port: portOf(server.server), mails, sources, recipients, extensions, connections };
}

function mailerTo(port: number, { credentials = '', timeout = 5_000 } = {}): SmtpMailer {
  const mailer = new SmtpMailer({
    url: `smtp://${credentials}127.0.0.1:${port}`,
    from: 'Shop <orders@shop.example>',
    timeout,
  });
  closing.push(() => mailer.close());
  return mailer;
}

/** A server's answer at some command. */
function answer(responseCode: number): Error {
  return Object.assign(new Error('ada@example.com is not wanted'), { responseCode });
}

describe('a mail', () => {
  it('arrives as it was written', async () => {
    const server = await mailServer();
    await mailerTo(server.port).send(MAIL);
    const [mail] = server.mails;
    expect(mail).toMatchObject({
      subject: MAIL.subject,
      text: MAIL.text,
      html: MAIL.html,
      messageId: `<${MAIL.messageId}@shop.example>`,
      from: { value: [{ name: 'Shop', address: 'orders@shop.example' }] },
      to: { value: [{ name: 'Ada Lovelace', address: 'ada@example.com' }] },
    });
    expect(mail?.headers.get('auto-submitted')).toBe('auto-generated');
  });

  it('keeps its Message-ID when it is sent again', async () => {
    const server = await mailServer();
    const mailer = mailerTo(server.port);
    await mailer.send(MAIL);
    await mailer.send(MAIL);
    const ids = server.mails.map(({ messageId }) => messageId);
    expect(ids).toEqual([ids[0], ids[0]]);
    expect(server.connections.count).toBe(1);
  });

  it('cannot be given another recipient or header by a customer’s name', async () => {
    const server = await mailServer();
    const name = 'Eve" <eve@example.com>,\r\nBcc: all@example.com\r\n\r\n<b>';
    await mailerTo(server.port).send({ ...MAIL, name, subject: 'Hello\r\nX-Injected: yes' });
    expect(server.recipients).toEqual(['ada@example.com']);
    expect(server.mails[0]?.bcc).toBeUndefined();
    expect(server.mails[0]?.headers.has('x-injected')).toBe(false);
  });

  it.each([
    '=?utf-8?B?QmNjOg==?=',
    '=?utf-8?Q?Bcc=3A?= Ada',
    'Ada =?iso-8859-1?Q?=E4?= (Ltd.)',
    `=?utf-8?B?${'QmNjOg'.repeat(20)}?=`,
    'אדה לאבלייס',
    'آدا',
    'Ægir 太郎 😀',
    'O\'Neil, "Ada" <x@example.com>',
    'Ada\u202ecipe\u202c',
  ])('bears the name as it was typed: %s', async (name) => {
    const server = await mailServer();
    await mailerTo(server.port).send({ ...MAIL, name });
    expect(server.recipients).toEqual(['ada@example.com']);
    expect(server.mails[0]?.to).toMatchObject({ value: [{ name, address: 'ada@example.com' }] });
    // There is no encoded word in quotes that a mail program could decode.
    expect(server.sources[0]?.match(/^To: .*(?:\r\n .*)*/m)?.[0]).not.toMatch(/"[^"]*=\?/);
  });

  it.each([
    ['ada@пример.рф', 'Ada'],
    ['ada@xn--e1afmkfd.xn--p1ai', 'Ada'],
    ['ada@пример.рф', '=?utf-8?B?QmNjOg==?='],
  ])('goes to a domain of any script in ASCII: %s', async (to, name) => {
    const server = await mailServer();
    await mailerTo(server.port).send({ ...MAIL, to, name });
    // This server shows domains as people write them, and takes no other address in their letters.
    expect(server.recipients).toEqual(['ada@пример.рф']);
    expect(server.extensions).toEqual([undefined]);
    expect(server.sources[0]).toMatch(/^To: .*<ada@xn--e1afmkfd\.xn--p1ai>/m);
    expect(server.mails[0]?.to).toMatchObject({ value: [{ name }] });
  });

  it.each(['ada@example.com, eve@example.com', 'ada@example.com>\r\nRCPT TO:<eve@example.com'])(
    'goes to one address or to none: %j',
    async (to) => {
      const server = await mailServer();
      await mailerTo(server.port)
        .send({ ...MAIL, to })
        .catch(() => undefined);
      expect(server.recipients).not.toContain('eve@example.com');
    },
  );
});

describe('a "no" of the server', () => {
  it('to the recipient refuses the mail', async () => {
    const server = await mailServer({ onRcptTo: (_address, _session, callback) => callback(answer(550)) });
    await expect(mailerTo(server.port).send(MAIL)).rejects.toThrow(new Refusal('mail_refused'));
  });

  it('to the message refuses the mail', async () => {
    const server = await mailServer({
      onData: (stream, _session, callback) => stream.resume().once('end', () => callback(answer(554))),
    });
    await expect(mailerTo(server.port).send(MAIL)).rejects.toThrow(new Refusal('mail_refused'));
  });

  it('for now is out', async () => {
    const server = await mailServer({ onRcptTo: (_address, _session, callback) => callback(answer(451)) });
    await expect(mailerTo(server.port).send(MAIL)).rejects.toThrow(new Outage('mail_busy'));
  });

  it('to our password, or to us as the sender, is no refusal of the mail', async () => {
    const strict = await mailServer({
      authOptional: false,
      onAuth: (_auth, _session, callback) => callback(answer(535)),
    });
    const elsewhere = await mailServer({
      onMailFrom: (_address, _session, callback) => callback(answer(550)),
    });
    for (const mailer of [
      mailerTo(strict.port, { credentials: 'shop:wrong@' }),
      mailerTo(strict.port),
      mailerTo(elsewhere.port),
    ]) {
      const failure: unknown = await mailer.send(MAIL).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(Error);
      expect(failure).not.toBeInstanceOf(Refusal);
      expect(failure).not.toBeInstanceOf(Outage);
    }
  });
});

describe('a server that is unreachable', () => {
  it('is out', async () => {
    const { port } = await mailServer();
    await closing.pop()?.();
    await expect(mailerTo(port).send(MAIL)).rejects.toThrow(new Outage('mail_unreachable'));
  });

  it('is out when it hangs up on a mail it may have taken, and is not given the mail again', async () => {
    const server = await serverThatHangsUp();
    await expect(mailerTo(server.port).send(MAIL)).rejects.toThrow(new Outage('mail_unreachable'));
    expect(server.mails.count).toBe(1);
  });

  it('is out when it does not answer in time', async () => {
    const port = await listen(() => undefined);
    await expect(mailerTo(port, { timeout: 100 }).send(MAIL)).rejects.toThrow(new Outage('mail_timeout'));
  });
});

it('finishes what it is sending before it closes', async () => {
  const server = await mailServer();
  const mailer = mailerTo(server.port);
  const sending = Promise.all(Array.from({ length: 12 }, () => mailer.send(MAIL)));
  await mailer.close();
  await sending;
  expect(server.mails).toHaveLength(12);
});

/** A mail server that accepts a mail and hangs up before it has answered. */
async function serverThatHangsUp() {
  const mails = { count: 0 };
  const port = await listen((socket) => {
    let mail: string | undefined;
    socket.write('220 ready\r\n');
    socket.on('data', (data) => {
      const said = data.toString();
      if (mail !== undefined) mail += said;
      else if (said.startsWith('DATA')) mail = '';
      if (mail?.endsWith('\r\n.\r\n')) {
        mails.count += 1;
        socket.destroy();
      } else if (!mail) {
        socket.write(mail === undefined ? '250 yes\r\n' : '354 go on\r\n');
      }
    });
  });
  return { port, mails };
}

async function listen(onConnection: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(() => resolve()));
  });
  return portOf(server);
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}
