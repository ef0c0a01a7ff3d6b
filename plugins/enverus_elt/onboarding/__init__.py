"""How a dataset comes into the catalog: from an analyst's workbook or the vendor's DDL, and how QA reviews it."""
