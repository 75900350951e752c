"""Who plays in the demonstration: invented people and organisations, in three real programmes."""
