import sys

print("about to fail")
print("the price list has no column named price", file=sys.stderr)
sys.exit(3)
