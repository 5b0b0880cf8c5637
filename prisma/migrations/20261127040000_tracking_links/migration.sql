-- Where a shopper can follow a parcel, as the carrier says.

ALTER TABLE "shipment" ADD COLUMN "tracking_url" TEXT;
