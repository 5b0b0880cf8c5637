import { Contradiction, Outage, Refusal } from '#libs/domain/order/failure';
import type { Metrics } from '#libs/telemetry/metrics';
import { inChildSpan } from '#libs/telemetry/tracing';

export type Provider = 'stripe' | 'carrier' | 'smtp';

/** Measures calls to providers: how long each took, and how it ended; each is a span, too. */
export class MeasuredCalls {
  private readonly duration;

  constructor(metrics: Metrics) {
    this.duration = metrics.histogram('provider_call_duration_seconds');
  }

  /** @returns the port, with each of its methods measured under its name */
  of<T extends object>(provider: Provider, port: T): T {
    const { duration } = this;
    return new Proxy(port, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== 'function') return member;
        const operation = String(name);
        return (...args: unknown[]): unknown => {
          const end = duration.startTimer({ provider, operation });
          const answer: unknown = inChildSpan(`${provider} ${operation}`, {}, () =>
            Reflect.apply(member, target, args),
          );
          if (answer instanceof Promise)
            answer.then(
              () => end({ outcome: 'done' }),
              (error: unknown) => end({ outcome: outcomeOf(error) }),
            );
          return answer;
        };
      },
    });
  }
}

function outcomeOf(error: unknown): string {
  if (error instanceof Refusal) return 'refused';
  if (error instanceof Outage) return 'outage';
  return error instanceof Contradiction ? 'contradiction' : 'error';
}
