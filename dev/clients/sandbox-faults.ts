import { z } from 'zod';

/** A fault of the next calls to the gateway or the carrier; see dev/sandbox/faults.ts. */
export interface ScriptedFault {
  readonly operation: string;
  readonly fault: 'slow' | 'drop_before';
  /** How many calls it applies to. */
  readonly times?: number;
  /** Milliseconds. */
  readonly delay?: number;
}

const FaultList = z.object({ data: z.array(z.unknown()) });

/** The sandbox's scripted faults, over HTTP. */
export class SandboxFaults {
  private readonly url: string;

  constructor(sandbox: string) {
    this.url = `${sandbox}/sandbox/faults`;
  }

  async add(fault: ScriptedFault): Promise<void> {
    const response = await fetch(this.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(fault),
    });
    if (!response.ok) throw new Error(`the sandbox refused a fault: ${await response.text()}`);
  }

  /** Whether every fault has been applied. */
  async areApplied(): Promise<boolean> {
    return FaultList.parse(await (await fetch(this.url)).json()).data.length === 0;
  }

  async clear(): Promise<void> {
    await fetch(this.url, { method: 'DELETE' });
  }
}
