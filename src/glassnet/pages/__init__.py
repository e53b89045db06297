"""Pages: records laid out as text, pictures and tables. Nothing is computed here."""
