import { type LocalSettings, localSettings } from '../stack/local-settings.js';
import { freePort } from '../stack/processes/ports.js';
import { newCarrierSecret, newPaymentSecret } from '../stack/secrets.js';

const PORTS = [
  'API_PORT',
  'SANDBOX_PORT',
  'POSTGRES_PORT',
  'TEMPORAL_PORT',
  'SMTP_PORT',
  'INBOX_PORT',
] as const;

/** From label to doorstep; long enough to be seen on the way. */
const SANDBOX_DELIVERY_AFTER = '3s';

/** What the programs find themselves on the system with; nothing else of this environment reaches the stage. */
const INHERITED = ['PATH', 'HOME', 'TMPDIR'] as const;

/** The settings of `npm start` on free ports, whatever this shell or a `.env` says. @param folder for what it keeps */
export async function stageSettings(folder: string): Promise<LocalSettings> {
  const ports = await Promise.all(PORTS.map(async (name) => [name, String(await freePort())] as const));
  const inherited = INHERITED.map((name) => [name, process.env[name]] as const);
  return localSettings(
    { ...Object.fromEntries([...inherited, ...ports]), SANDBOX_DELIVERY_AFTER },
    { dataDir: folder, carrierSecret: newCarrierSecret(), paymentSecret: newPaymentSecret() },
  );
}
