"""What nobody foresaw: kept where Qt calls Python, told in one sentence, and logged once."""
