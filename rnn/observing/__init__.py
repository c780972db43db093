"""What is measured of a moment: probes, and the snapshots that hold what they measured."""
