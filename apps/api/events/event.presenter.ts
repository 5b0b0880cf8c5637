import type { EventView } from '#libs/contracts/http/event.api';
import type { EventRecord } from '#libs/persistence/events/event-stream.repository';

/** Its data is stored as it is told. */
export const presentEvent = ({ id, sequence, type, time, data }: EventRecord): EventView => ({
  id,
  sequence,
  type,
  time,
  data,
});
