import type { Client } from '@temporalio/client';
import pg from 'pg';

/** All data of a test that outlives a request, except the columns that are meant to hold personal data. */
export interface Surroundings {
  readonly databaseUrl: string;
  readonly client: Client;
  /** Every line that was logged. */
  readonly log: readonly string[];
  /** Every batch of spans that was exported. */
  readonly traces?: readonly string[];
}

/** The values to search for, in lower case. */
export interface Needles {
  /** Each with the name of its field. */
  readonly fields: ReadonlyMap<string, string>;
  /** How they begin. Hundreds of emails begin alike, so that a text without a beginning is searched fast. */
  readonly beginnings: ReadonlySet<string>;
}

/** A text to search, and its name for the report. */
interface Place {
  readonly where: string;
  readonly text: string;
}

/** The columns of `orders` that are there to know the customer. Nothing else may. */
const PERSONAL_COLUMNS = [
  'customer_id',
  'customer_name',
  'customer_email',
  'shipping_address',
  'billing_address',
];
/** Fields with too few values to identify a person. */
const COMMON_FIELDS = ['country'];
/** Shorter ones, and mere numbers, are found by chance. */
const SHORTEST = 6;
/** How much of a batch of spans is shown. */
const EXCERPT = 2_000;
/** Runs read at once. */
const ABREAST = 10;

/** @throws Error naming each field of a customer that is known where it must not be, and the place (invariant 8) */
export async function checkSecrecy({ databaseUrl, client, log, traces = [] }: Surroundings): Promise<void> {
  const database = new pg.Client({ connectionString: databaseUrl });
  await database.connect();
  try {
    const needles = needlesFor(await personalValues(database));
    const found = new Set<string>();
    const search = (place: Place) => personalDataIn(needles, place).forEach((hit) => found.add(hit));
    // Line by line only where there is a hit: hundreds of orders log a great deal.
    if (personalDataIn(needles, { where: 'the log', text: log.join('\n') }).length > 0)
      for (const line of log) search({ where: `the log line ${line}`, text: line });
    for (const text of traces) search({ where: `the spans ${text.slice(0, EXCERPT)}`, text });
    for await (const place of rowsOf(database, PERSONAL_COLUMNS)) search(place);
    for await (const place of runsOf(client)) search(place);
    if (found.size > 0)
      throw new Error(`personal data where none may be:\n${[...found].slice(0, 20).join('\n')}`);
  } finally {
    await database.end();
  }
}

/** The personal data of each customer, as far as a hit on it can be no accident. */
async function personalValues(database: pg.Client): Promise<Map<string, string>> {
  const { rows } = await database.query<Record<string, unknown>>(
    `SELECT ${PERSONAL_COLUMNS.join(', ')} FROM orders`,
  );
  const values = new Map<string, string>();
  const note = (field: string, value: unknown) => {
    if (typeof value === 'object' && value !== null) {
      for (const [part, inner] of Object.entries(value))
        if (!COMMON_FIELDS.includes(part)) note(`${field}.${part}`, inner);
    } else if (typeof value === 'string' && value.length >= SHORTEST && /\D/.test(value)) {
      values.set(value, field);
    }
  };
  for (const row of rows) for (const [field, value] of Object.entries(row)) note(field, value);
  return values;
}

/** @returns a sentence for each field whose value is in the text */
export function personalDataIn({ fields: needles, beginnings }: Needles, { where, text }: Place): string[] {
  const lower = text.toLowerCase();
  if (![...beginnings].some((beginning) => lower.includes(beginning))) return [];
  const fields = [...needles].flatMap(([needle, field]) => (lower.includes(needle) ? [field] : []));
  return [...new Set(fields)].map((field) => `${field} in ${where}`);
}

/** Every way in which values are written. @param values each with the name of its field */
export function needlesFor(values: ReadonlyMap<string, string>): Needles {
  const fields = new Map(
    [...values].flatMap(([value, field]) => spellings(value).map((spelling) => [spelling, field] as const)),
  );
  return { fields, beginnings: new Set([...fields.keys()].map((needle) => needle.slice(0, SHORTEST))) };
}

/** As it is, in JSON, and in a URL. */
function spellings(value: string): string[] {
  const inUrl = encodeURIComponent(value);
  const all = [value, JSON.stringify(value).slice(1, -1), inUrl, inUrl.replaceAll('%20', '+')];
  return [...new Set(all.map((spelling) => spelling.toLowerCase()))];
}

/**
 * The places that still have values of an erased person: in a row, in what the planner has sampled of
 * the rows, in a run, in the log.
 */
export async function tracesOf(
  values: readonly string[],
  { databaseUrl, client, log = [] }: Pick<Surroundings, 'databaseUrl'> & Partial<Surroundings>,
): Promise<string[]> {
  const needles = needlesFor(new Map(values.map((value) => [value, value])));
  const database = new pg.Client({ connectionString: databaseUrl });
  await database.connect();
  try {
    const traces = log.flatMap((line) =>
      personalDataIn(needles, { where: `the log line ${line}`, text: line }),
    );
    for await (const place of rowsOf(database, [])) traces.push(...personalDataIn(needles, place));
    for await (const place of samplesOf(database)) traces.push(...personalDataIn(needles, place));
    if (client) for await (const place of runsOf(client)) traces.push(...personalDataIn(needles, place));
    return traces;
  } finally {
    await database.end();
  }
}

/** Every row of every table: reasons, errors, results and the audit trail among them. @param but columns of `orders` */
async function* rowsOf(database: pg.Client, but: readonly string[]): AsyncGenerator<Place> {
  const { rows: tables } = await database.query<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`,
  );
  for (const { name } of tables) {
    const { rows } = await database.query<{ text: string }>(
      `SELECT (to_jsonb(t) - $1::text[])::text AS text FROM ${database.escapeIdentifier(name)} t`,
      [name === 'orders' ? but : []],
    );
    for (const { text } of rows) yield { where: `table ${name}: ${text}`, text };
  }
}

/** What ANALYZE keeps of the values it has seen. */
async function* samplesOf(database: pg.Client): AsyncGenerator<Place> {
  const { rows } = await database.query<{ text: string }>('SELECT s::text AS text FROM pg_stats s');
  for (const { text } of rows) yield { where: `a sample: ${text}`, text };
}

/** Every run of the namespace: what the list shows of it (memo, search attributes), its history, its failures. */
async function* runsOf(client: Client): AsyncGenerator<Place> {
  const runs = client.workflow.list().intoHistories({ concurrency: ABREAST });
  for await (const { workflowId, history } of runs) {
    yield { where: `the history of ${workflowId}`, text: textOf(history) };
  }
  for await (const { workflowId, raw, status } of client.workflow.list()) {
    yield { where: `what the list shows of ${workflowId}`, text: textOf(raw) };
    if (status.name !== 'RUNNING') continue;
    const { raw: details } = await client.workflow.getHandle(workflowId).describe();
    yield { where: `what the details show of ${workflowId}`, text: textOf(details) };
  }
}

/** All texts in a message of Temporal's, payloads decoded. */
export function textOf(message: unknown): string {
  if (typeof message === 'string') return message;
  if (message instanceof Uint8Array) return Buffer.from(message).toString('utf8');
  if (typeof message !== 'object' || message === null) return '';
  return Object.entries(message)
    .map(([name, value]) => `${name} ${textOf(value)}`)
    .join('\n');
}
