import time

for second in range(1, 61):
    print(f"still working, second {second}", flush=True)
    time.sleep(1)
