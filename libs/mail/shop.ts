import type { Environment } from '#libs/config/environment';

import { parseSender } from './sender.js';

/** What a shop's mails show of it. */
export interface Shop {
  /** Empty for none. */
  readonly name: string;
  /** Where its name or its logo leads to. */
  readonly url?: string;
  readonly logoUrl?: string;
  /** What its shoppers pay with, as in "the card you paid with". */
  readonly paymentMethod: string;
}

/** The shop's details from the settings; its name is the sender's, unless one is set. */
export const shopOf = (mail: Environment<'mail'>['mail']): Shop => ({
  name: mail.SHOP_NAME ?? parseSender(mail.MAIL_FROM).name,
  url: mail.SHOP_URL,
  logoUrl: mail.SHOP_LOGO_URL,
  paymentMethod: mail.SHOP_PAYMENT_METHOD,
});
