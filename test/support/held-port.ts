/** Where one attempt is stopped: before its call has left, or with the answer still on its way. */
export type HeldAt = 'leaving' | 'answered';

/** One call that is held until it is released. */
export interface HeldCall {
  /** Resolves when the call has been stopped. */
  readonly stopped: Promise<void>;
  release(): void;
}

/** A port of a worker's whose calls can be stopped, one at a time. */
export class HoldablePort<T extends object> {
  readonly port: T;
  private next:
    { readonly method: string; readonly at: HeldAt; readonly stop: () => Promise<void> } | undefined;

  constructor(real: T) {
    this.port = new Proxy(real, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        return async (...given: unknown[]) => {
          const held = this.next?.method === name ? this.next : undefined;
          if (held) this.next = undefined;
          if (held?.at === 'leaving') await held.stop();
          const answer: unknown = await Reflect.apply(value, target, given);
          if (held?.at === 'answered') await held.stop();
          return answer;
        };
      },
    });
  }

  /** Stops the next call of a method. */
  hold(method: string, at: HeldAt): HeldCall {
    const stopped = latch();
    const going = latch();
    const stop = () => {
      stopped.open();
      return going.wait;
    };
    this.next = { method, at, stop };
    return { stopped: stopped.wait, release: going.open };
  }
}

/** A port whose first call of one method is stopped. */
export function holdPort<T extends object>(
  real: T,
  method: string,
  at: HeldAt,
): HeldCall & { readonly port: T } {
  const holdable = new HoldablePort(real);
  return { port: holdable.port, ...holdable.hold(method, at) };
}

/** A latch to wait for until it is opened. */
export function latch(): { readonly wait: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const wait = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { wait, open };
}
