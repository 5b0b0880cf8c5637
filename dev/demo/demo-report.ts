import { colours } from '../terminal/colours.js';
import { seconds, type Terminal } from '../terminal/terminal.js';

const TIME_WIDTH = 8;

/** The demo's output for people, and the count of claims that do not hold. */
export class DemoReport {
  private since = performance.now();
  private readonly held: boolean[] = [];
  private isClaiming = false;

  constructor(private readonly terminal: Terminal) {}

  heading(title: string, about: readonly string[]): void {
    this.since = performance.now();
    this.terminal.say(`\n${colours.title(title)}`);
    this.lines([...about, '']);
  }

  lines(lines: readonly string[]): void {
    this.isClaiming = false;
    this.terminal.say(lines.map((line) => `  ${line}`.trimEnd()).join('\n'));
  }

  /** An event, with the time since the act began. */
  event(text: string): void {
    this.isClaiming = false;
    this.terminal.say(`${this.clock()}  ${text}`);
  }

  /** An event that the system itself reports. */
  systemEvent(text: string): void {
    this.event(colours.aside(text));
  }

  /** A claim, whether it holds, and what was seen. */
  claim(claim: string, holds: boolean, seen: string): void {
    if (!this.isClaiming) this.terminal.say();
    this.isClaiming = true;
    this.held.push(holds);
    const mark = holds ? colours.good('✓') : colours.bad('✗');
    this.terminal.say(`  ${mark} ${holds ? claim : colours.bad(claim)}: ${seen}`);
  }

  /** Whether there was a claim, and every one holds. */
  get allHold(): boolean {
    return this.held.length > 0 && this.held.every(Boolean);
  }

  get summary(): string {
    const broken = this.held.filter((holds) => !holds).length;
    return broken === 0
      ? colours.good(`All ${this.held.length} claims hold.`)
      : colours.bad(`${broken} of ${this.held.length} claims do not hold; look for ✗ above.`);
  }

  private clock(): string {
    return colours.aside(seconds(performance.now() - this.since).padStart(TIME_WIDTH));
  }
}
