import { z } from 'zod';

/** That all is well; what is not is a problem. */
export const HealthView = z.object({ status: z.literal('ok') }).meta({ id: 'Health' });
export type HealthView = z.output<typeof HealthView>;
