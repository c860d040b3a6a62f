"""What every page shares: layout, access, error pages, security headers, static files, languages, downloads."""
