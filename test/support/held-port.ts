/** Where one attempt is stopped: before its call has left, or with the answer still on its way. */
export type HeldAt = 'leaving' | 'answered';

/** A port of a worker's whose first call of one method is stopped until it is let go on. */
export interface HeldPort<T> {
  readonly port: T;
  /** Resolves when the call has been stopped. */
  readonly stopped: Promise<void>;
  letGo(): void;
}

export function holdPort<T extends object>(real: T, method: string, at: HeldAt): HeldPort<T> {
  const stopped = latch();
  const going = latch();
  let called = false;
  const stop = () => {
    stopped.open();
    return going.wait;
  };
  const port = new Proxy(real, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return async (...given: unknown[]) => {
        const isHeld = name === method && !called;
        called ||= isHeld;
        if (isHeld && at === 'leaving') await stop();
        const answer: unknown = await Reflect.apply(value, target, given);
        if (isHeld && at === 'answered') await stop();
        return answer;
      };
    },
  });
  return { port, stopped: stopped.wait, letGo: going.open };
}

function latch(): { readonly wait: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const wait = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { wait, open };
}
