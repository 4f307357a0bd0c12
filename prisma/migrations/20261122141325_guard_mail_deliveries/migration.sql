-- What the schema cannot say: a mail that was sent has its time and no other has, and tries are never taken back.
ALTER TABLE "mail_delivery"
  ADD CONSTRAINT "mail_delivery_attempts_check" CHECK ("attempts" >= 0),
  ADD CONSTRAINT "mail_delivery_recipient_check" CHECK ("recipient" <> ''),
  ADD CONSTRAINT "mail_delivery_sent_at_check" CHECK (("status" = 'sent') = ("sent_at" IS NOT NULL));
