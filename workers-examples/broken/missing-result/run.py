answer = 6 * 7
print(f"the answer is {answer}, but nobody will know: result.json is not written")
