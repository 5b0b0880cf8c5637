import type { Database } from '../database/database.js';

/** A person, and what is known of them. */
export interface PersonRecord {
  readonly id: string;
  readonly issuer: string;
  readonly subject: string;
  readonly signedInAt: Date;
  /** Null once they are erased, or where the identity provider told none. */
  readonly name: string | null;
  readonly email: string | null;
}

/** People who signed in at least once. */
export class PersonRepository {
  constructor(private readonly db: Database) {}

  /** @param id a UUID */
  async find(id: string): Promise<PersonRecord | null> {
    const person = await this.db.person.findUnique({ where: { id }, include: { profile: true } });
    return person && recordOf(person);
  }

  /** Who signed in last comes first. */
  async list(): Promise<PersonRecord[]> {
    const people = await this.db.person.findMany({
      orderBy: [{ signedInAt: 'desc' }, { id: 'asc' }],
      include: { profile: true },
    });
    return people.map(recordOf);
  }

  /**
   * Erases name and email address, and ends every session: signing in again stores them again.
   *
   * @param id a UUID
   * @returns false when there is no such person
   */
  async erase(id: string): Promise<boolean> {
    const [person] = await this.db.$transaction([
      this.db.person.findUnique({ where: { id } }),
      this.db.consoleSession.deleteMany({ where: { personId: id } }),
      this.db.personProfile.deleteMany({ where: { personId: id } }),
    ]);
    return person !== null;
  }
}

interface Row extends Omit<PersonRecord, 'name' | 'email'> {
  readonly profile: Pick<PersonRecord, 'name' | 'email'> | null;
}

const recordOf = ({ id, issuer, subject, signedInAt, profile }: Row): PersonRecord => ({
  id,
  issuer,
  subject,
  signedInAt,
  name: profile?.name ?? null,
  email: profile?.email ?? null,
});
