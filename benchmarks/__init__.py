"""Named instances, rivals and measurements; never part of the test run."""
