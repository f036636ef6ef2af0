"""Python distributions as packages: requirements, files, attributes (rez: `rez.pip`)."""
