-- The codes that tables of core refer to by foreign key: states, statuses, facility types.
-- depends: 009_record_signoffs

CREATE TABLE core.ref_states (
    code varchar(32) NOT NULL,
    name varchar(64) NOT NULL,
    kind varchar(16) NOT NULL,
    country varchar(2) NOT NULL,
    CONSTRAINT ref_states_pkey PRIMARY KEY (code),
    CONSTRAINT ref_states_name UNIQUE (country, name),
    CONSTRAINT ref_states_kind CHECK (kind IN ('state', 'district', 'province', 'territory', 'offshore')),
    CONSTRAINT ref_states_country CHECK (country IN ('US', 'CA'))
);
COMMENT ON TABLE core.ref_states IS
'States, provinces and offshore areas, by the codes that state_province of the datasets has.';
COMMENT ON COLUMN core.ref_states.code IS 'Postal code of a state or province; of an offshore area its name.';
COMMENT ON COLUMN core.ref_states.name IS 'Name in English.';
COMMENT ON COLUMN core.ref_states.kind IS 'State, district, province, territory, or offshore.';
COMMENT ON COLUMN core.ref_states.country IS 'ISO country code.';

INSERT INTO core.ref_states (code, name, kind, country) VALUES
('AL', 'Alabama', 'state', 'US'),
('AK', 'Alaska', 'state', 'US'),
('AZ', 'Arizona', 'state', 'US'),
('AR', 'Arkansas', 'state', 'US'),
('CA', 'California', 'state', 'US'),
('CO', 'Colorado', 'state', 'US'),
('CT', 'Connecticut', 'state', 'US'),
('DE', 'Delaware', 'state', 'US'),
('DC', 'District of Columbia', 'district', 'US'),
('FL', 'Florida', 'state', 'US'),
('GA', 'Georgia', 'state', 'US'),
('HI', 'Hawaii', 'state', 'US'),
('ID', 'Idaho', 'state', 'US'),
('IL', 'Illinois', 'state', 'US'),
('IN', 'Indiana', 'state', 'US'),
('IA', 'Iowa', 'state', 'US'),
('KS', 'Kansas', 'state', 'US'),
('KY', 'Kentucky', 'state', 'US'),
('LA', 'Louisiana', 'state', 'US'),
('ME', 'Maine', 'state', 'US'),
('MD', 'Maryland', 'state', 'US'),
('MA', 'Massachusetts', 'state', 'US'),
('MI', 'Michigan', 'state', 'US'),
('MN', 'Minnesota', 'state', 'US'),
('MS', 'Mississippi', 'state', 'US'),
('MO', 'Missouri', 'state', 'US'),
('MT', 'Montana', 'state', 'US'),
('NE', 'Nebraska', 'state', 'US'),
('NV', 'Nevada', 'state', 'US'),
('NH', 'New Hampshire', 'state', 'US'),
('NJ', 'New Jersey', 'state', 'US'),
('NM', 'New Mexico', 'state', 'US'),
('NY', 'New York', 'state', 'US'),
('NC', 'North Carolina', 'state', 'US'),
('ND', 'North Dakota', 'state', 'US'),
('OH', 'Ohio', 'state', 'US'),
('OK', 'Oklahoma', 'state', 'US'),
('OR', 'Oregon', 'state', 'US'),
('PA', 'Pennsylvania', 'state', 'US'),
('RI', 'Rhode Island', 'state', 'US'),
('SC', 'South Carolina', 'state', 'US'),
('SD', 'South Dakota', 'state', 'US'),
('TN', 'Tennessee', 'state', 'US'),
('TX', 'Texas', 'state', 'US'),
('UT', 'Utah', 'state', 'US'),
('VT', 'Vermont', 'state', 'US'),
('VA', 'Virginia', 'state', 'US'),
('WA', 'Washington', 'state', 'US'),
('WV', 'West Virginia', 'state', 'US'),
('WI', 'Wisconsin', 'state', 'US'),
('WY', 'Wyoming', 'state', 'US'),
('Alaska Offshore', 'Alaska Offshore', 'offshore', 'US'),
('Atlantic Coast Offshore', 'Atlantic Coast Offshore', 'offshore', 'US'),
('Northern Gulf of Mexico', 'Northern Gulf of Mexico', 'offshore', 'US'),
('Pacific Coast Offshore', 'Pacific Coast Offshore', 'offshore', 'US'),
('AB', 'Alberta', 'province', 'CA'),
('BC', 'British Columbia', 'province', 'CA'),
('MB', 'Manitoba', 'province', 'CA'),
('NB', 'New Brunswick', 'province', 'CA'),
('NL', 'Newfoundland and Labrador', 'province', 'CA'),
('NS', 'Nova Scotia', 'province', 'CA'),
('NT', 'Northwest Territories', 'territory', 'CA'),
('NU', 'Nunavut', 'territory', 'CA'),
('ON', 'Ontario', 'province', 'CA'),
('PE', 'Prince Edward Island', 'province', 'CA'),
('QC', 'Quebec', 'province', 'CA'),
('SK', 'Saskatchewan', 'province', 'CA'),
('YT', 'Yukon', 'territory', 'CA');

CREATE TABLE core.ref_statuses (
    code varchar(32) NOT NULL,
    name varchar(64) NOT NULL,
    description varchar(256) NOT NULL,
    CONSTRAINT ref_statuses_pkey PRIMARY KEY (code),
    CONSTRAINT ref_statuses_name UNIQUE (name),
    CONSTRAINT ref_statuses_code CHECK (code ~ '^[a-z][a-z0-9_]*$')
);
COMMENT ON TABLE core.ref_statuses IS 'What state of its life a facility or a pipeline can be in.';
COMMENT ON COLUMN core.ref_statuses.code IS 'What tables refer to.';
COMMENT ON COLUMN core.ref_statuses.name IS 'What people read.';
COMMENT ON COLUMN core.ref_statuses.description IS 'What it means.';

INSERT INTO core.ref_statuses (code, name, description) VALUES
('proposed', 'Proposed', 'Announced or applied for, not approved.'),
('approved', 'Approved', 'Approved, nothing built yet.'),
('under_construction', 'Under construction', 'Being built.'),
('active', 'Active', 'In service.'),
('idle', 'Idle', 'Out of service, can be put back.'),
('decommissioned', 'Decommissioned', 'Out of service for good, still in place.'),
('removed', 'Removed', 'Taken away.'),
('unknown', 'Unknown', 'The source does not say.');

CREATE TABLE core.ref_facility_types (
    code varchar(32) NOT NULL,
    name varchar(64) NOT NULL,
    description varchar(256) NOT NULL,
    CONSTRAINT ref_facility_types_pkey PRIMARY KEY (code),
    CONSTRAINT ref_facility_types_name UNIQUE (name),
    CONSTRAINT ref_facility_types_code CHECK (code ~ '^[a-z][a-z0-9_]*$')
);
COMMENT ON TABLE core.ref_facility_types IS 'What kind of facility a site can be.';
COMMENT ON COLUMN core.ref_facility_types.code IS 'What tables refer to.';
COMMENT ON COLUMN core.ref_facility_types.name IS 'What people read.';
COMMENT ON COLUMN core.ref_facility_types.description IS 'What it means.';

INSERT INTO core.ref_facility_types (code, name, description) VALUES
('platform', 'Production platform', 'Wells, treatment and quarters offshore.'),
('tank_battery', 'Tank battery', 'Separates and stores what nearby wells produce.'),
('compressor_station', 'Compressor station', 'Raises the pressure of gas.'),
('pump_station', 'Pump station', 'Raises the pressure of liquids.'),
('meter_station', 'Meter station', 'Measures what changes hands.'),
('gas_plant', 'Gas processing plant', 'Takes liquids, water and acid gas out of gas.'),
('fractionator', 'Fractionator', 'Splits natural gas liquids.'),
('refinery', 'Refinery', 'Makes products of crude oil.'),
('gas_storage', 'Underground gas storage', 'Stores gas in a field, an aquifer or a cavern.'),
('terminal', 'Terminal', 'Stores liquids and loads ships, trains or trucks.'),
('lng_terminal', 'LNG terminal', 'Liquefies gas, or turns it back.'),
('disposal', 'Water disposal', 'Takes in produced water.'),
('other', 'Other', 'None of the others.');

GRANT SELECT ON core.ref_states, core.ref_statuses, core.ref_facility_types
TO enverus_loader, enverus_marts, enverus_transformer, enverus_reader;
