"""`python -m jiesu.cli` is `jiesu`."""

import sys

from jiesu.cli import main

sys.exit(main())
