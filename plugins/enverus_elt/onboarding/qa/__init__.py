"""The review of a dataset before its table is made: what QA would find, and what to do about each finding."""
