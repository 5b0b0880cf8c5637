import { inChildSpan, type SpanAttributes } from '#libs/telemetry/tracing';

import { statementSummary } from './statement-summary.js';

/** Makes a span of each statement, named by what it reads or writes: neither its text nor its values are shown. */
export class StatementSpans {
  private readonly database: SpanAttributes;

  /** @param url of the database */
  constructor(url: string) {
    const { hostname, port, pathname } = new URL(url);
    this.database = {
      'db.system.name': 'postgresql',
      'db.namespace': pathname.slice(1),
      'server.address': hostname,
      'server.port': Number(port || 5432),
    };
  }

  /**
   * @param query of a pool, or of a connection: with a callback it is the pool that calls, which has the span
   * @returns the same, with a span around it that includes the wait for a connection
   */
  around<Q extends (...args: never[]) => unknown>(query: Q): Q {
    return new Proxy(query, {
      apply: (target, self, args: unknown[]) => {
        const text = textOf(args[0]);
        if (text === '' || typeof args.at(-1) === 'function') return Reflect.apply(target, self, args);
        return inChildSpan('SQL', { kind: 'client', attributes: this.database }, (span) => {
          span?.rename(statementSummary(text));
          return Reflect.apply(target, self, args);
        });
      },
    });
  }
}

function textOf(statement: unknown): string {
  if (typeof statement === 'string') return statement;
  if (typeof statement !== 'object' || statement === null || !('text' in statement)) return '';
  return typeof statement.text === 'string' ? statement.text : '';
}
