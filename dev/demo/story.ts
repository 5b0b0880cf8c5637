import { seconds, type Terminal } from '../command/terminal.js';
import { paint } from './paint.js';

const TIME_WIDTH = 8;

/** What the demo tells the person in front of it, and the count of what turned out not to be so. */
export class Story {
  private since = performance.now();
  private readonly held: boolean[] = [];
  private claiming = false;

  constructor(private readonly terminal: Terminal) {}

  opens(title: string, tells: readonly string[]): void {
    this.since = performance.now();
    this.terminal.say(`\n${paint.title(title)}`);
    this.shows([...tells, '']);
  }

  shows(lines: readonly string[]): void {
    this.claiming = false;
    this.terminal.say(lines.map((line) => `  ${line}`.trimEnd()).join('\n'));
  }

  /** Something that happens, with the time since the act began. */
  says(text: string): void {
    this.claiming = false;
    this.terminal.say(`${this.clock()}  ${text}`);
  }

  /** What the system itself reports. */
  reports(text: string): void {
    this.says(paint.aside(text));
  }

  /** A claim, whether it holds, and what was seen. */
  claims(claim: string, holds: boolean, seen: string): void {
    if (!this.claiming) this.terminal.say();
    this.claiming = true;
    this.held.push(holds);
    const mark = holds ? paint.good('✓') : paint.bad('✗');
    this.terminal.say(`  ${mark} ${holds ? claim : paint.bad(claim)}: ${seen}`);
  }

  /** Whether every claim so far was seen to hold, and there was one. */
  get proven(): boolean {
    return this.held.length > 0 && this.held.every(Boolean);
  }

  get verdict(): string {
    const broken = this.held.filter((holds) => !holds).length;
    return broken === 0
      ? paint.good(`All ${this.held.length} claims hold.`)
      : paint.bad(`${broken} of ${this.held.length} claims do not hold; look for ✗ above.`);
  }

  private clock(): string {
    return paint.aside(seconds(performance.now() - this.since).padStart(TIME_WIDTH));
  }
}
