import { AsyncLocalStorage } from 'node:async_hooks';

/** What every line that is logged meanwhile carries, unless the line itself has another value. */
export interface LogContext {
  orderId?: string;
  /** In the API the request that is answered, in a worker the one that placed the order. */
  reqId?: string;
}

const contexts = new AsyncLocalStorage<LogContext>();

/** Runs something in a context of its own, which may be completed while it runs. */
export const inLogContext = <T>(context: LogContext, run: () => T): T => contexts.run(context, run);

export const logContext = (): LogContext | undefined => contexts.getStore();
