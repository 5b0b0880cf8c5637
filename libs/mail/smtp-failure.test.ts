import { describe, expect, it } from 'vitest';

import { Outage, Refusal } from '#libs/domain/order/failure';

import { smtpFailure } from './smtp-failure.js';

interface Facts {
  code?: string;
  responseCode?: number;
  command?: string;
}

const SERVER_WORDS = 'ada@example.com: no';

function nodemailerError(facts: Facts): Error {
  return Object.assign(new Error(SERVER_WORDS), facts);
}

const REFUSED_REPLIES: [string, Facts][] = [
  ['an unknown mailbox', { code: 'EENVELOPE', responseCode: 550, command: 'RCPT TO' }],
  ['a mailbox that takes no mail', { code: 'EENVELOPE', responseCode: 556, command: 'RCPT TO' }],
  ['an address that is none', { code: 'EENVELOPE', command: 'API' }],
  ['a message refused after DATA', { code: 'EMESSAGE', responseCode: 554, command: 'DATA' }],
  ['a message too big for the server', { code: 'EENVELOPE', responseCode: 552, command: 'MAIL FROM' }],
  ['a message too big before it is sent', { code: 'EMESSAGE', command: 'MAIL FROM' }],
];

const OUTAGES: [string, Facts, string][] = [
  ['a refused connection', { code: 'ESOCKET', command: 'CONN' }, 'mail_unreachable'],
  ['a connection that broke off', { code: 'ECONNECTION', command: 'CONN' }, 'mail_unreachable'],
  ['a name that is not found', { code: 'EDNS', command: 'CONN' }, 'mail_unreachable'],
  ['a failed STARTTLS', { code: 'ETLS', command: 'STARTTLS' }, 'mail_unreachable'],
  ['a greeting that says no', { code: 'EPROTOCOL', responseCode: 554, command: 'CONN' }, 'mail_unreachable'],
  ['a name server that is busy', { code: 'EAI_AGAIN' }, 'mail_unreachable'],
  ['a certificate that has expired', { code: 'CERT_HAS_EXPIRED' }, 'mail_unreachable'],
  ['silence', { code: 'ETIMEDOUT', command: 'CONN' }, 'mail_timeout'],
  ['our own deadline', { code: 'EABORT' }, 'mail_timeout'],
  ['greylisting', { code: 'EENVELOPE', responseCode: 451, command: 'RCPT TO' }, 'mail_busy'],
  ['a full mailbox', { code: 'EENVELOPE', responseCode: 452, command: 'RCPT TO' }, 'mail_busy'],
  ['a server that shuts down', { code: 'ECONNECTION', responseCode: 421, command: 'CONN' }, 'mail_busy'],
  ['a log-in put off', { code: 'EAUTH', responseCode: 454, command: 'AUTH PLAIN' }, 'mail_busy'],
  ['a session out of step', { code: 'EENVELOPE', responseCode: 503, command: 'RCPT TO' }, 'mail_busy'],
];

const OURS: [string, Facts][] = [
  ['a wrong password', { code: 'EAUTH', responseCode: 535, command: 'AUTH PLAIN' }],
  ['a missing password', { code: 'ENOAUTH' }],
  ['a server that wants a log-in', { code: 'EENVELOPE', responseCode: 530, command: 'MAIL FROM' }],
  ['a log-in wanted only later', { code: 'EENVELOPE', responseCode: 530, command: 'RCPT TO' }],
  ['a sender we may not be', { code: 'EENVELOPE', responseCode: 550, command: 'MAIL FROM' }],
  ['anything that nodemailer does not name', {}],
];

describe('an error of nodemailer', () => {
  it.each(REFUSED_REPLIES)('is a refusal: %s', (_, facts) => {
    const failure = smtpFailure(nodemailerError(facts));
    expect(failure).toBeInstanceOf(Refusal);
    expect(failure).toMatchObject({ code: 'mail_refused', message: 'mail_refused' });
  });

  it.each(OUTAGES)('is an outage: %s', (_, facts, code) => {
    const failure = smtpFailure(nodemailerError(facts));
    expect(failure).toBeInstanceOf(Outage);
    expect(failure).toMatchObject({ code, message: code });
  });

  it.each(OURS)('is left as it is: %s', (_, facts) => {
    const error = nodemailerError(facts);
    expect(smtpFailure(error)).toBe(error);
  });

  it('may be no error at all', () => {
    expect(smtpFailure('what?')).toBe('what?');
  });
});
