SET LOCAL ROLE enverus_marts
