SELECT count(*) FROM absent
