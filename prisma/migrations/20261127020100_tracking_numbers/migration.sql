-- Carriers give out a tracking number again, so that two parcels may have the same.

DROP INDEX "shipment_tracking_number_key";
CREATE INDEX "shipment_tracking_number_idx" ON "shipment"("tracking_number");
