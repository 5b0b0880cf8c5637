import type { Actor } from './end.js';

const PERSON = 'person:';

/** What a person is called as the caller of a request. No service has a colon in its name. @param id a UUID of ours */
export const personNamed = (id: string): string => `${PERSON}${id}`;

/** What the audit trail calls a caller of the API: a service by its name, or a person. */
export const actorOf = (caller: string): Actor => (caller.startsWith(PERSON) ? caller : `service:${caller}`);
