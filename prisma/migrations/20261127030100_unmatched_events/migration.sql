-- What came from outside and belongs to no order, for those who look at it, newest first.
CREATE INDEX "inbox_event_unmatched" ON "inbox_event"("id") WHERE "order_id" IS NULL;
