"""`python -m rezfast`: the command line."""

import sys

from rezfast.cli import main

sys.exit(main())
