-- Ends a transaction that went by what it knew of rows, where it finds fewer of them as it knows them. The state is our own: no other failure has it.
CREATE FUNCTION "require_all"("present" bigint, "wanted" bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF "present" <> "wanted" THEN
    RAISE EXCEPTION '% of % rows are as they were', "present", "wanted" USING ERRCODE = 'BR001';
  END IF;
END $$;
