/** How many texts are remembered. */
const REMEMBERED = 2_000;
/** How many writes a summary names. */
const MOST = 8;

const NAME = String.raw`(?:"?\w+"?\.)?"?(\w+)"?`;
const WRITE = new RegExp(
  String.raw`\b(INSERT)\s+INTO\s+${NAME}|\b(DELETE)\s+FROM\s+${NAME}|\b(UPDATE)\s+${NAME}\s+(?:AS\s+)?(?:\w+\s+)?SET\b`,
  'gi',
);
const READ = new RegExp(String.raw`\bFROM\s+${NAME}`, 'gi');
const PART = /\b(\w+)\s*(?:\([^()]*\))?\s+AS\s+(?:NOT\s+)?(?:MATERIALIZED\s+)?\(/gi;

const known = new Map<string, string>();

/**
 * What a statement writes, or else reads, such as `INSERT orders UPDATE stock`: short, and without a value
 * (https://opentelemetry.io/docs/specs/semconv/database/database-spans/#generating-a-summary-of-the-query).
 */
export function statementSummary(text: string): string {
  const remembered = known.get(text);
  if (remembered !== undefined) return remembered;
  if (known.size >= REMEMBERED) known.clear();
  const summary = summaryOf(text);
  known.set(text, summary);
  return summary;
}

function summaryOf(text: string): string {
  const writes = [...text.matchAll(WRITE)].map((match) => {
    const [verb = '', table = ''] = match.slice(1).filter((part) => part !== undefined);
    return `${verb.toUpperCase()} ${table}`;
  });
  if (writes.length > 0) return [...new Set(writes)].slice(0, MOST).join(' ');
  const verb = /^\s*(\w+)/.exec(text)?.[1]?.toUpperCase() ?? 'SQL';
  if (verb !== 'SELECT' && verb !== 'WITH') return verb;
  const parts = new Set([...text.matchAll(PART)].map(([, name]) => name));
  const reads = [...text.matchAll(READ)].flatMap(({ 1: name = '', index }) =>
    parts.has(name) ? [] : [{ name, depth: depthAt(text, index) }],
  );
  // What is looked up beside the rows stands in more parentheses than the rows.
  const [first] = reads.toSorted((one, other) => one.depth - other.depth);
  return first ? `SELECT ${first.name}` : 'SELECT';
}

/** In how many parentheses a place of a text is. */
function depthAt(text: string, index: number): number {
  const before = text.slice(0, index);
  return before.split('(').length - before.split(')').length;
}
