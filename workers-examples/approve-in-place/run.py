"""Prepares a refund, asks, and pays what was approved."""

import floom


def run(inputs, context):
    refund = inputs["amount"]
    print(f"Prepared a refund of {refund}.")
    answer = floom.approve(
        f"Refund {inputs['customer']}", f"{refund} to {inputs['customer']}", outputs={"refund": refund}
    )
    # Nothing below happens before somebody has agreed; the approver may have changed the amount.
    paid = answer["refund"]
    print(f"Paying {paid}.")
    return {"refund": paid, "receipt": f"# Receipt\n\n{paid} to {inputs['customer']}\n"}
