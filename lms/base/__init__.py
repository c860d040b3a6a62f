"""What every room stands on and that knows no room: database handle, clock, errors, files, jobs, audit, languages."""
