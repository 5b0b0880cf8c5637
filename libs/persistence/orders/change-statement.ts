import type { EventType } from '#libs/domain/events/event-types';
import type { ToldEvent } from '#libs/domain/events/events-of';

import { eventOfEach, eventRows, insertEvents } from '../events/outbox.sql.js';
import { Prisma } from '../generated/client.js';

/** The order whose row is changed, as it was read. */
interface DecidedOn {
  readonly id: string;
  readonly version: number;
}

/**
 * The one statement that writes a change: `WITH` parts that refer to each other by the values that this gives out. The
 * order's row is locked first and must still have the version that the change was decided on, so that every row that
 * belongs to the order is seen as it was decided on; unless nothing of the order decides about it.
 */
export class ChangeStatement {
  /** The changed order: `id`, `created_at`, `version` and its states. No row where nothing is written. */
  readonly changed = Prisma.sql`changed`;
  private readonly names = new Set(['before', 'changed', 'told']);
  private readonly conditions: Prisma.Sql[] = [];
  private claimed: string | null = null;
  private readonly assignments: Prisma.Sql[] = [];
  private readonly aheadOf: Prisma.Sql[] = [];
  private readonly after: Prisma.Sql[] = [];
  private readonly answers: Prisma.Sql[] = [];
  private readonly events: Prisma.Sql[] = [];

  /** @param atAnyVersion whether the order may have changed since it was read */
  constructor(
    private readonly order: DecidedOn,
    private readonly atAnyVersion = false,
  ) {}

  /** The order's locked row while every condition so far holds, else no row: its `id`. Conditions are built on it. */
  get before(): Prisma.Sql {
    if (this.conditions.length === 0) return Prisma.sql`before`;
    return Prisma.sql`(SELECT id FROM before WHERE ${Prisma.join(this.conditions, ' AND ')})`;
  }

  /** Adds a part that conditions need. @returns its name */
  prepare(name: string, query: Prisma.Sql): Prisma.Sql {
    return this.add(this.aheadOf, name, query);
  }

  /** The change is written only if this query, which writes nothing, has a row. @returns its name */
  check(name: string, query: Prisma.Sql): Prisma.Sql {
    const part = this.prepare(name, query);
    this.conditions.push(Prisma.sql`EXISTS (SELECT 1 FROM ${part})`);
    return part;
  }

  /**
   * The change is written only if this query, which writes, returns a row. There can be one: where the second of two
   * found nothing to write, the first would have written all the same. @returns its name
   */
  claim(name: string, query: Prisma.Sql): Prisma.Sql {
    if (this.claimed !== null) throw new Error(`a change cannot depend on both ${this.claimed} and ${name}`);
    this.claimed = name;
    return this.check(name, query);
  }

  /** Assigns columns of `o`, the order. */
  set(assignment: Prisma.Sql): void {
    this.assignments.push(assignment);
  }

  /** Adds a part that is written with the change, over `changed`. @returns its name */
  also(name: string, query: Prisma.Sql): Prisma.Sql {
    return this.add(this.after, name, query);
  }

  /** Tells these events, if the change is written. */
  tell(events: readonly ToldEvent[]): void {
    if (events.length > 0) this.events.push(eventRows(events));
  }

  /** Tells an event for each row of a part, whose columns are what it names: its `id`, a state, codes. */
  tellEach(type: EventType, part: Prisma.Sql): void {
    this.events.push(eventOfEach(type, part));
  }

  /** Adds a column to the answer. @param column an expression and its name */
  answer(column: Prisma.Sql): void {
    this.answers.push(column);
  }

  /** One row: whether the order's version was `current`, and whether the change was `written`. */
  text(): Prisma.Sql {
    const { id, version } = this.order;
    // The time is that of the clock, as `settledUntil` needs it.
    const sets = [Prisma.sql`version = o.version + 1, updated_at = clock_timestamp()`, ...this.assignments];
    const parts = [
      Prisma.sql`before AS (
        SELECT id FROM orders WHERE id = ${id}::uuid AND ${
          this.atAnyVersion ? Prisma.sql`true` : Prisma.sql`version = ${version}`
        } FOR NO KEY UPDATE)`,
      ...this.aheadOf,
      Prisma.sql`changed AS (
        UPDATE orders o SET ${Prisma.join(sets)} FROM ${this.before} b WHERE o.id = b.id
        RETURNING o.id, o.created_at, o.version, o.status, o.payment, o.fulfilment)`,
      ...this.after,
      ...this.told(),
    ];
    const answers = [
      Prisma.sql`EXISTS (SELECT 1 FROM before) AS current, EXISTS (SELECT 1 FROM changed) AS written`,
      ...this.answers,
    ];
    return Prisma.sql`WITH ${Prisma.join(parts)} SELECT ${Prisma.join(answers)}`;
  }

  private told(): Prisma.Sql[] {
    if (this.events.length === 0) return [];
    return [Prisma.sql`told AS (${insertEvents(this.changed, Prisma.join(this.events, ' UNION ALL '))})`];
  }

  private add(parts: Prisma.Sql[], name: string, query: Prisma.Sql): Prisma.Sql {
    if (this.names.has(name)) throw new Error(`two parts of one change are called ${name}`);
    this.names.add(name);
    const part = Prisma.raw(name);
    parts.push(Prisma.sql`${part} AS (${query})`);
    return part;
  }
}
