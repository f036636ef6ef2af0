"""Python distributions as packages: requirements, files and attributes of wheels (rez: `rez.pip`)."""
