"""The resolve: requests, filters, orderers, the solver as Python sees it, and why it failed."""
