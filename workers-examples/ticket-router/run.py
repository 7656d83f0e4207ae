"""Says which team a ticket goes to, by the words in it."""

WORDS = {
    "billing": ["charged", "invoice", "refund", "money back"],
    "access": ["password", "log in", "locked out"],
    "outage": ["down", "error 500", "not loading"],
}


def run(inputs: dict, context: object) -> dict:
    ticket = inputs["ticket"].lower()
    hits = {team: sum(word in ticket for word in words) for team, words in WORDS.items()}
    found = max(hits.values())
    team = max(hits, key=hits.get) if found else "general"
    print(f"{team} by {found} words")
    return {
        "team": team,
        "confidence": min(1.0, 0.5 + 0.25 * found) if found else 0.3,
        "reply": f"Thank you for writing. Our {team} team will look into it today.",
    }
