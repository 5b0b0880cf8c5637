/** A mail that is ready to go; the sender is the mailer's own. */
export interface Mail {
  /** One address, without a name. */
  readonly to: string;
  /** Whose address that is, as a person writes it. */
  readonly name: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /**
   * The same each time this mail is sent: a repetition after a crash in doubt is known by it (invariant 4).
   * What stands before the @ of the Message-ID; the sender's domain follows.
   */
  readonly messageId: string;
}

export interface Mailer {
  /**
   * Hands a mail to the mail server, which is then responsible for it.
   *
   * @throws Refusal `mail_refused` when the server refuses this mail or this recipient, at every attempt
   * @throws Outage when it gives no usable answer, or refuses for now; the mail may have been sent all the same
   */
  send(mail: Mail): Promise<void>;
}
