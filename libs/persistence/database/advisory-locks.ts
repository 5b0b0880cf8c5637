/** The numbers of PostgreSQL's advisory locks that are taken here; Prisma's migrations take one of their own. */
export const LOCKS = { erasures: 6, sequencer: 7 } as const;
