print("this never runs: the push is refused")
