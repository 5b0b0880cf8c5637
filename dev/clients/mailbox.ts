import { z } from 'zod';

const MailList = z.array(
  z.object({ subject: z.string(), to: z.array(z.object({ address: z.string() })) }).loose(),
);

/** What the subject of each kind of mail contains. */
const KINDS: readonly { readonly subject: string; readonly kind: string }[] = [
  { subject: 'is confirmed', kind: 'confirmation' },
  { subject: 'is on its way', kind: 'shipped' },
  { subject: 'has been delivered', kind: 'delivery' },
  { subject: 'is cancelled', kind: 'cancellation' },
  { subject: 'A refund of', kind: 'refund' },
];

/** The shoppers' mail, as the mail catcher holds it. */
export class Mailbox {
  constructor(private readonly url: string) {}

  /** The kinds of the mails to an address, in order of arrival. */
  async of(address: string): Promise<string[]> {
    const mails = await this.all();
    return mails.filter(({ to }) => to.some((one) => one.address === address)).map(kindOf);
  }

  /** The kinds of all mails there are. */
  async kinds(): Promise<string[]> {
    return (await this.all()).map(kindOf);
  }

  private async all() {
    return MailList.parse(await (await fetch(`${this.url}/api/email`)).json());
  }
}

const kindOf = ({ subject }: { subject: string }) =>
  KINDS.find((each) => subject.includes(each.subject))?.kind ?? subject;
