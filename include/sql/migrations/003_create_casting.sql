-- Finds the rows of a batch that a plain COPY into typed columns refused.
-- depends: 002_create_ops

CREATE FUNCTION ops.is_castable(value text, sql_type text) RETURNS boolean
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
AS $$
BEGIN
    EXECUTE format('SELECT CAST(%L AS %s)', value, sql_type);
    RETURN TRUE;
EXCEPTION WHEN data_exception OR internal_error THEN
    RETURN FALSE;
END;
$$;
COMMENT ON FUNCTION ops.is_castable(text, text) IS
'Whether the text can become the type. Slow: for values that a cheap pattern has not cleared already.';
GRANT EXECUTE ON FUNCTION ops.is_castable(text, text) TO enverus_loader;
