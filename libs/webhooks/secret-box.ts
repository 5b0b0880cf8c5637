import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

/** A key of WEBHOOK_SECRET_KEY: 32 bytes for AES-256, and what names it in what it has encrypted. */
interface Key {
  readonly id: string;
  readonly bytes: Buffer;
}

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;
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
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(CIPHER, key.bytes, iv, { authTagLength: TAG_BYTES }).setAAD(
      Buffer.from(endpointId),
    );
    const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
    return [key.id, Buffer.concat([iv, cipher.getAuthTag(), text]).toString('base64url')].join('.');
  }

  /** @returns null where none of the keys opens it */
  open(sealed: string, endpointId: string): string | null {
    const [id, content = ''] = sealed.split('.');
    const key = this.keys.find((each) => each.id === id);
    if (!key) return null;
    const bytes = Buffer.from(content, 'base64url');
    const [iv, tag] = [bytes.subarray(0, IV_BYTES), bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES)];
    try {
      const decipher = createDecipheriv(CIPHER, key.bytes, iv, { authTagLength: TAG_BYTES })
        .setAAD(Buffer.from(endpointId))
        .setAuthTag(tag);
      const text = [decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()];
      return Buffer.concat(text).toString('utf8');
    } catch {
      return null;
    }
  }

  /** Whether it is encrypted with another key than the first. */
  isOld(sealed: string): boolean {
    return !sealed.startsWith(`${this.keys[0]?.id}.`);
  }
}
