"""How answers of the interface read on a terminal."""

from typing import Any

from cli.output import Output, instant, span

Answer = dict[str, Any]
EFFECTS = {"task": "a Task of its own", "life": "on the Task of its email", "fields": "fields filled in later"}
_ALERT = {"Partly failing", "Blocked", "Behind", "Waiting for quota"}


def status(out: Output, answer: Answer) -> None:
    """How everything stands."""
    out.line(answer["headline"], "bold")
    out.table(
        ["flow", "state", "in", "logged", "skipped", "needs you", "waiting"],
        [
            [f["flow"], f["state"], *_books(f["balance"])]
            for f in answer["flows"]
        ],
    )  # fmt: skip
    for flow in answer["flows"]:
        out.line(f"{flow['flow']}: {flow['text']}", "yellow" if flow["state"] in _ALERT else "")
    out.line(f"books balance: {'yes' if answer['balanced'] else 'NO'}", "green" if answer["balanced"] else "red")
    load(out, answer["load"])
    reasons(out, answer["flows"])
    connections(out, answer["connections"])
    for budget in answer["budgets"]:
        if budget["as_of"]:
            used = f"{budget['calls_today']:,} of {budget['cap_today']:,} calls in 24 hours, by all who share it"
            out.line(f"{budget['vendor']}: {used}, as of {instant(budget['as_of'])}")
        elif budget["cap_today"]:
            used = f"{budget['calls_today']:,} of {budget['cap_today']:,} calls today"
            window = f"{budget['in_window']} of {budget['window_cap']} in 20 s"
            out.line(f"{budget['vendor']}: {used}, {window}, new day at {instant(budget['resets_at'])}")
        if budget["parked_until"]:
            out.line(f"{budget['vendor']}: no calls before {instant(budget['parked_until'])}", "yellow")
    for notice in answer["notices"]:
        out.line(f"{notice['code']}: {notice['text']}", "yellow")


def _books(balance: Answer) -> list[int]:
    skipped, needs_you = sum(balance["skipped"].values()), sum(balance["needs_you"].values())
    return [balance["received"], balance["logged"], skipped, needs_you, balance["waiting"]]


def load(out: Output, answer: Answer | None) -> None:
    """How far the load of people is, in a line."""
    if answer is None:
        out.line("load of people: never started")
        return
    left = f", {span(answer['seconds_left'])} left" if answer["seconds_left"] else ""
    ids = f"{answer['done']:,} of {answer['total']:,} ids; " if answer["total"] else ""
    out.line(
        f"load of people: {answer['state']}, {ids}{answer['processed']:,} "
        f"people read, {answer['qualified']:,} qualified, {answer['skipped']:,} skipped, {answer['failed']:,} failed; "
        f"{answer['rate_per_minute']:,.0f} a minute{left}"
    )


def reasons(out: Output, flows: list[Answer]) -> None:
    """Why things were skipped or need somebody, with counts."""
    rows: list[list[Any]] = []
    for flow in flows:
        counts = flow["balance"]["skipped"] | flow["balance"]["needs_you"]
        rows += [[flow["flow"], r["code"], counts[r["code"]], r["title"], r["who"]] for r in flow["reasons"]]
    out.table(["flow", "reason", "number", "meaning", "who can act"], rows, "Reasons")


def connections(out: Output, answer: Answer) -> None:
    """Connections and their states."""
    marketo = answer["marketo"]
    rows = [["Marketo", marketo["state"], marketo["base_url"], instant(marketo["since"])]] if marketo else []
    rows += [[s["user"], s["state"], s["username"], instant(s["since"])] for s in answer["salesforce"]]
    out.table(["connection", "state", "as", "since"], rows, "Connections")
    if marketo is None:
        out.line("Marketo is not connected.")
    if answer["not_connected"]:
        out.line(f"Without a working Salesforce connection: {', '.join(answer['not_connected'])}")


def connection(out: Output, answer: Answer) -> None:
    """One connection after a change."""
    name = answer.get("user") or "Marketo"
    where = answer.get("username") or answer["base_url"]
    out.line(f"{name}: {answer['state']} ({where})", "bold")
    if answer["detail"]:
        out.line(answer["detail"], "yellow")
    for warning in answer["warnings"]:
        out.line(f"Note: {warning}", "yellow")
    for change in answer.get("changes", []):
        out.line(f"Changed by {instant(answer['changes_at'])}: {change}", "yellow")


def person(out: Output, answer: Answer) -> None:
    """One person."""
    out.line(f"{answer['name'] or 'Person'} ({answer['marketo_id']})", "bold")
    names = [
        "email", "phone", "company", "title", "linkedin_url", "source", "salesforce_contact_id", "salesforce_lead_id",
        "salesforce_account_id", "salesforce_opportunity_id", "active", "unsubscribed",
    ]  # fmt: skip
    rows: list[tuple[str, Any]] = [(name.replace("_", " "), answer[name]) for name in names]
    rows.append(("last synced", instant(answer["synced_at"])))
    if answer["merged_into"]:
        rows.append(("merged into", answer["merged_into"]))
    if answer["merged_from"]:
        rows.append(("merged from", ", ".join(map(str, answer["merged_from"]))))
    out.pairs(rows)
    reason(out, answer["reason"])
    history = [[instant(line["occurred_at"]), line["type"], line["id"]] for line in answer["history"]]
    out.table(["when", "activity", "id"], history, "Activities")


def people(out: Output, answer: Answer) -> None:
    """Everybody that was found."""
    for one in answer["people"]:
        person(out, one)


def why(out: Output, answer: Answer) -> None:
    """The answer first, then every check as it was and as it is."""
    out.line(answer["answer"], "bold")
    if answer["activity"] and answer["kind"] != "field":
        activity(out, answer["activity"])
    for item in [] if answer["kind"] == "field" else answer["items"]:
        checks(out, item["checks"], f"Checks: {EFFECTS.get(item['effect'], item['effect'])}")
    if answer["kind"] == "field" or not answer["items"]:
        checks(out, answer["checks"], "Checks")
    for one in answer["people"]:
        out.line()
        person(out, one)


def checks(out: Output, found: list[Answer], title: str) -> None:
    """What must be so: then, now, and what mends it."""
    rows = [[one["check"], one["then"], one["then_value"], one["now"], one["now_value"]] for one in found]
    out.table(["check", "then", "", "now", ""], rows, title)
    for one in found:
        if "fail" in (one["then"], one["now"]) and one["remedy"]:
            out.line(f"{one['check']}: {one['remedy']} ({one['who']})")


def activity(out: Output, answer: Answer) -> None:
    """What was received, and its items."""
    out.pairs(
        [
            ("activity", f"{answer['type']} {answer['id']}"),
            ("seller", answer["seller"]),
            ("person", str(answer["person_id"])),
            ("happened", instant(answer["occurred_at"])),
            ("received", instant(answer["received_at"])),
        ]
    )
    reason(out, answer["reason"])
    for item in answer["items"]:
        out.line()
        out.line(f"{item['flow']}: {item['word']}", "bold")
        version = item["settings_version"]
        out.pairs(
            [
                ("record", item["remote_id"]),
                ("message", item["message"] or None),
                ("attempts", item["attempts"]),
                ("settings version", str(version) if version is not None else None),
                ("next look", instant(item["next_look_at"])),
                ("left out", ", ".join(item["withheld"]) or None),
            ]
        )
        reason(out, item["reason"])
        steps = [[instant(s["at"]), s["word"], s["reason"] or "", s["note"]] for s in item["history"]]
        out.table(["when", "state", "reason", "note"], steps, "History")


def reason(out: Output, answer: Answer | None) -> None:
    """A reason's four lines."""
    if answer:
        out.pairs(
            [
                ("reason", f"{answer['title']} ({answer['code']})"),
                ("meaning", answer["meaning"]),
                ("what to do", answer["remedy"]),
                ("who can", answer["who"]),
            ]
        )


def preview(out: Output, answer: Answer) -> None:
    """What a start of the load would do."""
    rows = [[f["label"], f["marketo"], "may be empty" if f["optional"] else ""] for f in answer["fields"]]
    out.table(["field", "in Marketo", ""], rows, "Fields that are copied")
    out.line()
    for one in answer["prerequisites"]:
        mark = "ok  " if one["passed"] else "no  " if one["needed"] else "note"
        out.line(f"{mark} {one['what']}. {one['remedy']}".rstrip(), "" if one["passed"] else "yellow")
    if answer["load"]:
        load(out, answer["load"])
