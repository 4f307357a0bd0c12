-- What the schema cannot say of accounts and their sessions.
ALTER TABLE "user"
  ADD CONSTRAINT "user_email_check" CHECK ("email" ~ '^[^@].*@[^@]+$' AND length("email"::text) <= 254),
  ADD CONSTRAINT "user_name_check" CHECK ("name" <> ''),
  ADD CONSTRAINT "user_version_check" CHECK ("version" > 0);

ALTER TABLE "role"
  ADD CONSTRAINT "role_name_check" CHECK ("name" ~ '^[a-z][a-z0-9_-]{1,49}$');

ALTER TABLE "address"
  ADD CONSTRAINT "address_country_check" CHECK ("country" ~ '^[A-Z]{2}$'),
  ADD CONSTRAINT "address_text_check" CHECK ("name" <> '' AND "line1" <> '' AND "city" <> '' AND "postal_code" <> '');

ALTER TABLE "session"
  ADD CONSTRAINT "session_expires_check" CHECK ("expires_at" > "created_at"),
  ADD CONSTRAINT "session_revoked_check" CHECK (("revoked_at" IS NULL) = ("revoke_reason" IS NULL));

ALTER TABLE "refresh_token"
  ADD CONSTRAINT "refresh_token_hash_check" CHECK (octet_length("hash") = 32);

-- Of a family of refresh tokens one is good at a time.
CREATE UNIQUE INDEX "refresh_token_one_unused" ON "refresh_token" ("session_id") WHERE "used_at" IS NULL;
