import { CancellationScope } from '@temporalio/workflow';

/**
 * Runs `background` beside `main` and waits for both; `background` never delays `main`. When `main` fails,
 * `background` is cancelled and waited for, so that none of it is left running.
 */
export async function withBackground(
  background: () => Promise<void>,
  main: () => Promise<void>,
): Promise<void> {
  const scope = new CancellationScope();
  const backgroundResult = scope.run(background).then(
    () => null,
    (error: unknown) => ({ error }),
  );
  try {
    await main();
  } catch (error) {
    scope.cancel();
    await backgroundResult;
    throw error;
  }
  const failure = await backgroundResult;
  if (failure !== null) throw failure.error;
}
