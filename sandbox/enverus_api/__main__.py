"""`python -m sandbox.enverus_api`."""

from sandbox.enverus_api.cli import main

raise SystemExit(main())
