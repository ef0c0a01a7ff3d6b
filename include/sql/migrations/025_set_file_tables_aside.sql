-- Facility sites and pipelines, which files feed, become datasets of the catalog: their tables are made anew in its
-- form, and keep the rows that somebody has put there by hand.
-- depends: 024_create_lake_ledger

SELECT ops.drop_marts_of('facility-sites');
SELECT ops.drop_marts_of('pipelines');
CREATE TABLE ops.facility_sites_before AS SELECT * FROM core.facility_sites;
CREATE TABLE ops.pipelines_before AS SELECT * FROM core.pipelines;
DROP TABLE core.facility_sites, core.pipelines;
