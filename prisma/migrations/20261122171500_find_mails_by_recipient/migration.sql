-- CreateIndex
CREATE INDEX "mail_delivery_recipient_id_idx" ON "mail_delivery"("recipient", "id");
