/** What was checked and measured, printed as it comes. */
export class Claims {
  #failed = 0;

  get failed(): number {
    return this.#failed;
  }

  check(holds: boolean, claim: string, seen = ''): void {
    if (!holds) this.#failed += 1;
    console.log(`  ${holds ? '✓' : '✗'} ${claim}${seen && `: ${seen}`}`);
  }

  figure(name: string, value: string): void {
    console.log(`  · ${name}: ${value}`);
  }
}
