import { z } from 'zod';

const ParcelList = z.object({ data: z.array(z.object({ reference: z.string(), status: z.string() })) });

/** The carrier's own records. */
export class CarrierRecords {
  constructor(private readonly sandbox: string) {}

  /** The status of each parcel of an order. */
  async of(orderId: string): Promise<string[]> {
    const response = await fetch(`${this.sandbox}/sandbox/shipments`);
    const { data } = ParcelList.parse(await response.json());
    return data.filter(({ reference }) => reference === orderId).map(({ status }) => status);
  }
}
