"""`python -m neuraltypes`."""

import sys

from neuraltypes._command_line import main

sys.exit(main())
