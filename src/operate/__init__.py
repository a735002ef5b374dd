"""Does on a real AWS what templates cannot: each command proves first, then changes, then shows."""
