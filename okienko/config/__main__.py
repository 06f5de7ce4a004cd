"""``python -m okienko.config`` is the ``okienko`` command."""

import sys

from okienko.config.cli import main

sys.exit(main())
