-- What the schema cannot say follows here: CHECKs, partial and expression indexes, functions, triggers, views, data.

-- The postings that one statement adds to an entry balance by themselves, so nothing has to be looked up: postings are never changed or deleted, and
-- what is made of balanced parts is balanced. To look them up, PostgreSQL had made its plan when the ledger was empty, and read all of it ever after.
CREATE OR REPLACE FUNCTION "ledger_postings_balance"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  entry uuid;
  total numeric;
  parts bigint;
BEGIN
  SELECT n."entry_id", sum(n."amount"), count(*) INTO entry, total, parts
  FROM "new_posting" n GROUP BY n."entry_id" HAVING sum(n."amount") <> 0 OR count(*) < 2 LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'ledger entry % does not balance: % postings, sum %', entry, parts, total USING ERRCODE = '23514';
  END IF;
  RETURN NULL;
END $$;

-- The look-ups of these go by a key. Their plans are kept for as long as a connection lasts, and one that was made while a table was empty would read
-- all of it ever after.
ALTER FUNCTION "ledger_entry_has_postings"() SET enable_seqscan = off;
ALTER FUNCTION "stock_movement_agrees"() SET enable_seqscan = off;
