"""The answer as a sheet that an operator can read aloud: what to do first, whom to call, what to say and ask."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from app.desk import Card, Reply, WhyNotReply
from app.domain.plan import Gap, Grade, Message, Question, Route, Step
from app.domain.provider import Agreement
from app.texts import say


def print_reply(reply: Reply, console: Console, language: str, *, timezone: str) -> None:
    """Prints routes, leads, gaps, questions and numbers to call, in that order, on the clocks of the IANA zone."""
    reply = replace(reply, as_of=reply.as_of.astimezone(ZoneInfo(timezone)))
    console.print(Text(_say(f"outcome.{reply.plan.outcome.value}", language), style="bold"))
    for message in reply.plan.warnings:
        console.print(Text("! " + _told(message, language), style="yellow"))
    for route in (*reply.plan.routes, *reply.plan.leads):
        console.print(_route(route, reply, language))
    if reply.plan.gaps:
        console.print(_gaps(reply.plan.gaps, language))
    if reply.plan.questions:
        console.print(_questions(reply.plan.questions, language))
    console.print(_people(reply, language))
    versions = reply.versions
    console.print(
        Text(f"engine {versions.engine}, rules {versions.rules}, {versions.pathway}, data {versions.data}", style="dim")
    )


def _say(key: str, language: str, **slots: str | int) -> str:
    return say(key, language, **slots)


def _told(message: Message, language: str) -> str:
    return say(message.key, language, **dict(message.slots))


def _route(route: Route, reply: Reply, language: str) -> RenderableType:
    verified = route.grade is Grade.VERIFIED
    title = _say("sheet.route" if verified else "sheet.lead", language, rank=route.rank)
    everywhere = _on_every_step(route)
    parts: list[RenderableType] = [_step(n, step, everywhere, reply, language) for n, step in enumerate(route.steps, 1)]
    if everywhere and len(route.steps) > 1:
        parts.append(Text(_say("sheet.every_step", language), style="bold"))
        parts += [_marked(message, mark, style, language) for message, mark, style in everywhere]
    if route.unserved:
        names = ", ".join(_say(f"code.{code}", language) for code in route.unserved)
        parts.append(Text(_say("sheet.unserved", language, codes=names), style="yellow"))
    cost = route.cost
    slots = {"unserved": cost.unserved, "windows": cost.windows_missed, "grave": cost.grave, "burden": cost.burden}
    parts.append(Text(_say("sheet.cost", language, **slots), style="dim"))
    border = "green" if verified else "yellow"
    return Panel(Group(*parts), title=title, title_align="left", border_style=border)


Marked = tuple[Message, str, str]
"""A message with the mark and the style of its line."""


def _said_at(step: Step) -> tuple[Marked, ...]:
    """Everything to say, to mind and to ask at a step, in that order."""
    return (
        *((message, "»", "italic") for message in step.notices),
        *((caution.message, "!", "yellow") for caution in step.cautions),
        *((message, "?", "magenta") for message in step.questions),
    )


def _on_every_step(route: Route) -> tuple[Marked, ...]:
    """What is said at every step alike, so that it is read aloud once; nothing for a single step."""
    if len(route.steps) < 2:
        return ()
    others = [{message.key for message, *_ in _said_at(step)} for step in route.steps[1:]]
    return tuple(line for line in _said_at(route.steps[0]) if all(line[0].key in keys for keys in others))


def _marked(message: Message, mark: str, style: str, language: str) -> Text:
    return Text(f"{mark} {_told(message, language)}", style=style)


def _step(number: int, step: Step, everywhere: tuple[Marked, ...], reply: Reply, language: str) -> RenderableType:
    card = reply.cards[step.point]
    table = Table(show_header=False, box=None, padding=(0, 1), expand=True)
    table.add_column(width=3, style="bold")
    table.add_column(ratio=1)
    table.add_row(f"{number}.", Text(_headline(step, card, language), style="bold"))
    for line in _lines(step, card, everywhere, reply, language):
        table.add_row("", line)
    return table


def _headline(step: Step, card: Card, language: str) -> str:
    name = card.organization_name if not card.local_name else f"{card.organization_name} ({card.local_name})"
    return f"{_say(f'movement.{step.movement.value}', language)}: {name}, {_place(step, card, language)}"


def _place(step: Step, card: Card, language: str) -> str:
    if card.place is None:
        return card.country if step.remote else _say("sheet.place_unknown", language, country=card.country)
    town = card.place.name_ru if language == "ru" and card.place.name_ru else card.place.name
    return _say("sheet.place_confidential", language, place=town) if card.address_confidential else town


def _lines(step: Step, card: Card, everywhere: tuple[Marked, ...], reply: Reply, language: str) -> Iterable[Text]:
    served = ", ".join(
        f"{_say(f'code.{one.code}', language)} [{one.code}, {_say(f'why.{one.why.value}', language)}]"
        for one in step.serves
    )
    yield Text(served)
    yield Text(_how(step, card, reply, language))
    for contact in card.contacts:
        yield Text(f"{_say(f'contact.{contact.kind}', language)}: {contact.value}", style="bold cyan")
    if not card.contacts:
        yield Text(_say("sheet.no_contact", language), style="yellow")
    told_once = {message.key for message, *_ in everywhere}
    for message, mark, style in _said_at(step):
        if message.key not in told_once:
            yield _marked(message, mark, style, language)
    if step.receiver:
        receiver = reply.organizations.get(step.receiver, step.receiver)
        yield Text(_say("sheet.receiver", language, organization=receiver))
    if step.backups:
        names = ", ".join(f"{reply.cards[slug].organization_name} [{slug}]" for slug in step.backups)
        yield Text(_say("sheet.backups", language, names=names), style="dim")


def _how(step: Step, card: Card, reply: Reply, language: str) -> str:
    begins = _clock(reply.as_of, step.start_minute, language)
    way = _say("sheet.by_phone", language) if step.remote else _say("sheet.way", language, minutes=step.travel_minutes)
    shares = any(one.share for one in step.serves)
    agreed = step.agreement is not Agreement.NONE or not shares
    mode = _say(f"mode.{step.mode.value}" if agreed else "sheet.no_agreement", language)
    hours = "" if card.hours_known else " " + _say("sheet.hours_unknown", language)
    return f"{_say('sheet.begins', language, time=begins)}{hours}; {way}; {mode} [{step.point}]"


def _clock(as_of: datetime, minute: int, language: str) -> str:
    at = as_of + timedelta(minutes=minute)
    return f"{_say(f'weekday.{at.weekday()}', language)} {at:%d.%m. %H:%M}"


def _gaps(gaps: Iterable[Gap], language: str) -> RenderableType:
    table = Table(title=_say("sheet.gaps", language), title_justify="left", show_lines=False)
    for heading in ("code", "reason", "offered", "closed_by"):
        table.add_column(_say(f"sheet.gap.{heading}", language))
    for gap in gaps:
        blocked = ", ".join(_say(f"code.{code}", language) for code in gap.blocked_by)
        reason = _say(f"gap.{gap.reason.value}", language, codes=blocked)
        table.add_row(_say(f"code.{gap.code}", language), reason, str(gap.offered), _counts(gap.closed_by))
    return table


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{rule}: {count}" for rule, count in counts.items())


def _questions(questions: Iterable[Question], language: str) -> RenderableType:
    lines = [Text(f"{n}. {_told(question.message, language)}") for n, question in enumerate(questions, 1)]
    return Panel(Group(*lines), title=_say("sheet.questions", language), title_align="left", border_style="magenta")


def _people(reply: Reply, language: str) -> RenderableType:
    table = Table(title=_say("sheet.people", language), title_justify="left")
    for heading in ("number", "name", "police", "caveat"):
        table.add_column(_say(f"sheet.people.{heading}", language))
    for person in reply.plan.escalation:
        caveat = str(dict(person.message.slots).get("caveat", ""))
        table.add_row(person.number, person.name, _say(f"answer.{person.police_link.value}", language), caveat)
    return table


def print_why_not(reply: WhyNotReply, console: Console, language: str) -> None:
    """Prints every gate that closes something of the service point, and what would open it."""
    why = reply.why_not
    console.print(Text(f"{reply.card.organization_name}: {reply.card.service_name} [{why.point}]", style="bold"))
    table = Table()
    for heading in ("rule", "verdict", "codes", "opens"):
        table.add_column(_say(f"sheet.why_not.{heading}", language))
    for closing in why.closings:
        table.add_row(
            f"{closing.rule}: {_told(closing.message, language)}",
            _say(f"verdict.{closing.verdict}", language),
            " ".join(closing.codes),
            _told(closing.opens_with, language),
        )
    console.print(table if why.closings else Text(_say("sheet.why_not.open", language), style="green"))
    left = " ".join(why.open_codes) or "-"
    leads = " ".join(why.lead_codes) or "-"
    console.print(Text(_say("sheet.why_not.left", language, routes=left, leads=leads)))
