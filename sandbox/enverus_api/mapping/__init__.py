"""From the agencies' files to rows as Enverus would serve them, in the vintages 2024 and 2025."""
