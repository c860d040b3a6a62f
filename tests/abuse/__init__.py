"""Bad input, tried on the whole program: each case gets a clear answer and loses nothing."""
