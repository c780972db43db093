"""The bar on top: what starts, stops and paces a run, and where it stands."""
