import { z } from 'zod';

import { port, text } from '#libs/config/variable';

import { isExecutable } from './processes/executables.js';

/** The settings of what runs on a laptop only: ports, and the executable of Temporal's dev server. */
export const EMBEDDED_SETTINGS = z.object({
  POSTGRES_PORT: port(5433),
  TEMPORAL_PORT: port(7233),
  TEMPORAL_UI_PORT: port(8233),
  SMTP_PORT: port(1025),
  INBOX_PORT: port(1080),
  TEMPORAL_CLI_PATH: text('leave it out to have it found')
    .refine(isExecutable, 'names no file that can be executed; correct it, or leave it out to have one found')
    .optional(),
});
