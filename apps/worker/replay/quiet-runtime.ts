import { DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker';

/** Without the SDK's warnings for a history that breaks: the caller gets an explanation. */
export function installQuietRuntime(): void {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }) } },
  });
}
