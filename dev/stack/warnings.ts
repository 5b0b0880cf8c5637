import { z } from 'zod';

/** pino's number for `warn`. */
const WARN = 40;
const LEVELS: Readonly<Record<number, string>> = { 40: 'warn', 50: 'error', 60: 'fatal' };

/** What a line is about, in the order of printing. */
const SUBJECTS = {
  orderId: 'order',
  refundId: 'refund',
  intentId: 'intent',
  step: 'step',
  activity: 'activity',
  attempt: 'attempt',
  code: 'code',
  reason: 'reason',
  type: 'type',
  trackingNumber: 'parcel',
  duty: 'duty',
  signal: 'signal',
  workflowId: 'run',
  requestId: 'request',
} as const;

const Line = z.looseObject({
  level: z.number(),
  msg: z.string().default(''),
  err: z.object({ type: z.string().optional(), code: z.string().optional() }).optional(),
});

/** What a person at the terminal should see of a program's log: the lines from `warn` on, in brief. */
export function warningIn(program: string, line: string): string | undefined {
  if (!line.startsWith('{')) return undefined;
  const parsed = Line.safeParse(json(line));
  if (!parsed.success || parsed.data.level < WARN) return undefined;
  const { level, msg, err } = parsed.data;
  const subjects = Object.entries(SUBJECTS).flatMap(([field, name]) => {
    const value = parsed.data[field];
    return typeof value === 'string' || typeof value === 'number' ? [`${name} ${value}`] : [];
  });
  const cause = [err?.type, err?.code].filter(Boolean).join(' ');
  const details = [...subjects, cause].filter(Boolean).join(', ');
  return `[${program}] ${LEVELS[level] ?? level}: ${msg}${details ? ` (${details})` : ''}`;
}

function json(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
