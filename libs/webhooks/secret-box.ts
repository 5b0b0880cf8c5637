import { createHash, randomBytes } from 'node:crypto';

import { open, seal } from '#libs/sealed-text';

/** A key of WEBHOOK_SECRET_KEY: 32 bytes for AES-256, and what names it in what it has encrypted. */
interface Key {
  readonly id: string;
  readonly bytes: Buffer;
}

/** As the Standard Webhooks specification has it: 24 to 64 random bytes. */
const SECRET_BYTES = 32;

/** What receivers verify signatures with. */
export const newWebhookSecret = () => `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;

/**
 * Encrypts the secrets of endpoints with the first of its keys, and decrypts with any. What is encrypted belongs to its
 * endpoint: in the row of another one it cannot be decrypted.
 */
export class SecretBox {
  private readonly keys: readonly Key[];

  /** @param keys 32 bytes each in base64, the first one for what is new */
  constructor(keys: readonly string[]) {
    this.keys = keys.map((key) => {
      const bytes = Buffer.from(key, 'base64');
      return { id: createHash('sha256').update(bytes).digest('hex').slice(0, 8), bytes };
    });
  }

  seal(secret: string, endpointId: string): string {
    const [key] = this.keys;
    if (!key) throw new Error('there is no key to encrypt with');
    return `${key.id}.${seal(key.bytes, secret, endpointId)}`;
  }

  /** @returns null where none of the keys opens it */
  open(sealed: string, endpointId: string): string | null {
    const [id, content = ''] = sealed.split('.');
    const key = this.keys.find((each) => each.id === id);
    return key ? open(key.bytes, content, endpointId) : null;
  }

  /** Whether it is encrypted with another key than the first. */
  isOld(sealed: string): boolean {
    return !sealed.startsWith(`${this.keys[0]?.id}.`);
  }
}
