"""The program that runs one attempt of a run inside its sandbox. Standard library only, Python 3.9 or later."""
