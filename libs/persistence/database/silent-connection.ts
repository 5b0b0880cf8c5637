import type pg from 'pg';

/** A transaction that allows its statements more time than others, in milliseconds. */
const MORE_TIME = /^SET LOCAL statement_timeout = (\d+)$/;
const ENDS = /^(COMMIT|ROLLBACK)$/;

/** The message of pg for a statement that was not answered in time. */
export const isSilence = (error: unknown) => error instanceof Error && error.message === 'Query read timeout';

/**
 * Closes a connection that leaves a statement unanswered. Of itself the pool does so only where a statement stands
 * alone: one that was silent within a transaction it would hand out again.
 *
 * @param margin milliseconds that an answer may take longer than the server allows the statement
 * @param onSilence receives the time at which the statement was sent, in milliseconds since 1970
 */
export function closeOnceSilent(
  client: pg.PoolClient,
  margin: number,
  onSilence: (since: number) => void,
): void {
  let patience: number | undefined;
  client.query = new Proxy(client.query, {
    apply(query, self, [statement, ...rest]: unknown[]) {
      const sent = Date.now();
      const check = (error: unknown) => {
        if (!isSilence(error)) return;
        client.connection.stream.destroy();
        onSilence(sent);
      };
      const isConfig = typeof statement === 'object' && statement !== null;
      const text =
        isConfig && 'text' in statement && typeof statement.text === 'string' ? statement.text : '';
      if (ENDS.test(text)) patience = undefined;
      const timed =
        isConfig && patience !== undefined ? { ...statement, query_timeout: patience } : statement;
      const allowed = MORE_TIME.exec(text)?.[1];
      if (allowed !== undefined) patience = Number(allowed) + margin;

      const done = rest.at(-1);
      if (typeof done === 'function') {
        const checked = (error: unknown, ...result: unknown[]) => {
          check(error);
          Reflect.apply(done, undefined, [error, ...result]);
        };
        return Reflect.apply(query, self, [timed, ...rest.slice(0, -1), checked]);
      }
      const answer: unknown = Reflect.apply(query, self, [timed, ...rest]);
      if (answer instanceof Promise) answer.catch(check);
      return answer;
    },
  });
}
