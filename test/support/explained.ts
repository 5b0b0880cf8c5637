import pg from 'pg';
import { z } from 'zod';

import { ConnectionPool } from '#libs/persistence/database/connection-pool';
import { databaseOver } from '#libs/persistence/database/database';
import { Store } from '#libs/persistence/store';

/** What a statement took, as PostgreSQL measured it. */
export interface Explained {
  readonly text: string;
  /** Milliseconds. */
  readonly time: number;
  /** Rows that its plan has read from tables and indexes, those that it left out included. */
  readonly rowsRead: number;
  /** Tables that it read from end to end. */
  readonly scanned: readonly string[];
}

interface Node {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string | undefined;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number | undefined;
  readonly 'Rows Removed by Index Recheck'?: number | undefined;
  readonly Plans?: readonly Node[] | undefined;
}

const NodeSchema: z.ZodType<Node> = z.object({
  'Node Type': z.string(),
  'Relation Name': z.string().optional(),
  'Actual Rows': z.number(),
  'Actual Loops': z.number(),
  'Rows Removed by Filter': z.number().optional(),
  'Rows Removed by Index Recheck': z.number().optional(),
  get Plans() {
    return z.array(NodeSchema).optional();
  },
});
const Answer = z.tuple([
  z.object({
    'QUERY PLAN': z.tuple([z.object({ Plan: NodeSchema, 'Execution Time': z.number() })]),
  }),
]);

const Asked = z.object({ text: z.string(), values: z.array(z.unknown()).default([]) });

/**
 * A store that explains each statement before it runs it, with the plan for its values and the plan for any: after some
 * calls PostgreSQL may take either.
 */
export class ExplainingStore {
  readonly explained: Explained[] = [];
  readonly store: Store;

  private constructor(
    private readonly client: pg.Client,
    databaseUrl: string,
  ) {
    const pool = new ConnectionPool(databaseUrl, 1);
    pool.query = new Proxy(pool.query, {
      apply: async (query, self, given: unknown[]) => {
        const asked = Asked.parse(given[0]);
        for (const mode of ['force_custom_plan', 'force_generic_plan']) await this.explain(asked, mode);
        return Reflect.apply(query, self, given);
      },
    });
    this.store = new Store(databaseOver(pool), pool);
  }

  static async open(databaseUrl: string): Promise<ExplainingStore> {
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    return new ExplainingStore(client, databaseUrl);
  }

  async close(): Promise<void> {
    await this.store.close();
    await this.client.end();
  }

  /** Runs the statement, and takes back what it changed. */
  private async explain({ text, values }: z.output<typeof Asked>, planCacheMode: string): Promise<void> {
    const given = values.length === 0 ? '' : `(${values.map((value) => this.literal(value)).join(', ')})`;
    await this.client.query(
      `BEGIN; SET LOCAL plan_cache_mode = ${planCacheMode}; PREPARE explained AS ${text}`,
    );
    try {
      const { rows } = await this.client.query(
        `EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) EXECUTE explained${given}`,
      );
      const [
        {
          'QUERY PLAN': [{ Plan: plan, 'Execution Time': time }],
        },
      ] = Answer.parse(rows);
      const nodes = [...nodesOf(plan)];
      this.explained.push({
        text,
        time,
        rowsRead: nodes.reduce((sum, node) => sum + readBy(node), 0),
        scanned: nodes.flatMap((node) =>
          node['Node Type'] === 'Seq Scan' && node['Relation Name'] !== undefined
            ? [node['Relation Name']]
            : [],
        ),
      });
    } finally {
      await this.client.query('ROLLBACK; DEALLOCATE ALL');
    }
  }

  private literal(value: unknown): string {
    if (value === null || value === undefined) return 'NULL';
    if (Array.isArray(value)) {
      const entries = value.map((each) => (each === null ? 'NULL' : JSON.stringify(each)));
      return this.client.escapeLiteral(`{${entries.join(',')}}`);
    }
    return this.client.escapeLiteral(typeof value === 'string' ? value : JSON.stringify(value));
  }
}

function* nodesOf(node: Node): Generator<Node> {
  yield node;
  for (const child of node.Plans ?? []) yield* nodesOf(child);
}

/** Rows that a scan has read; nothing for a node that takes the rows of another. */
function readBy(node: Node): number {
  if (!/^(Seq|Index|Index Only|Bitmap Heap|Tid) Scan$/.test(node['Node Type'])) return 0;
  const each =
    node['Actual Rows'] +
    (node['Rows Removed by Filter'] ?? 0) +
    (node['Rows Removed by Index Recheck'] ?? 0);
  return each * node['Actual Loops'];
}
