"""From the desk's reply to the published answer, in one language, at one depth of explanation."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.api.answers import (
    Backup,
    BurdenParts,
    CautionText,
    ClosingAnswer,
    ContactLine,
    CostGain,
    CostParts,
    EscalationAnswer,
    GapAnswer,
    NamedCode,
    PlaceName,
    Provider,
    QuestionAnswer,
    ReachableProvider,
    Receiver,
    RouteAnswer,
    RoutesAnswer,
    ServedCode,
    StepAnswer,
    Text,
    VersionsAnswer,
    WhyNotAnswer,
)
from app.api.body import Explain
from app.desk import Card, Reply, WhyNotReply
from app.domain.codes import Code
from app.domain.place import Place
from app.domain.plan import Burden, Caution, Cost, Escalation, Gap, Message, Question, Route, Step, Versions
from app.domain.profile import Document
from app.texts import say


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How to tell an answer: in which language, how much, on which clock, under which id.

    `timezone` is the IANA name at the person's place; `statements` are the words of every rule, by id.
    """

    language: str
    explain: Explain
    timezone: str
    request_id: str
    statements: Mapping[str, str]


def shaped_routes(reply: Reply, manner: Manner) -> RoutesAnswer:
    """The answer of `POST /v1/routes`."""
    plan, bare = reply.plan, manner.explain is Explain.NONE
    answer = RoutesAnswer(
        outcome=plan.outcome,
        outcome_text=say(f"outcome.{plan.outcome.value}", manner.language),
        routes=tuple(_route(route, reply, manner) for route in plan.routes),
        leads=tuple(_route(route, reply, manner) for route in plan.leads),
        gaps=tuple(_gap(gap, manner) for gap in plan.gaps),
        questions=() if bare else tuple(_question(question, manner.language) for question in plan.questions),
        escalation=tuple(_escalation(one, manner.language) for one in plan.escalation),
        warnings=_texts(plan.warnings, manner.language),
        ranking=None if bare else dict(plan.ranking),
        rules=None,
        versions=VersionsAnswer(**_parts(reply.versions)),
        as_of=local(reply.as_of, manner.timezone),
        language=manner.language,
        request_id=manner.request_id,
    )
    return answer.model_copy(update={"rules": _rules(answer, manner)}) if manner.explain is Explain.FULL else answer


def shaped_why_not(reply: WhyNotReply, manner: Manner) -> WhyNotAnswer:
    """The answer of `POST /v1/routes/why-not`."""
    found = reply.why_not
    return WhyNotAnswer(
        provider=Provider(**_provider(reply.card, manner.language)),
        open_codes=_codes(found.open_codes, manner.language),
        lead_codes=_codes(found.lead_codes, manner.language),
        closings=tuple(
            ClosingAnswer(
                **_text(closing.message, manner.language),
                verdict=closing.verdict,
                codes=_codes(closing.codes, manner.language),
                opens_with=Text(**_text(closing.opens_with, manner.language)),
            )
            for closing in found.closings
        ),
        travel_minutes=found.travel_minutes,
        versions=VersionsAnswer(**_parts(reply.versions)),
        as_of=local(reply.as_of, manner.timezone),
        language=manner.language,
        request_id=manner.request_id,
    )


def local(instant: datetime, timezone: str, minutes: int = 0) -> datetime:
    """That many minutes after the whole minute of the instant, on the clock of the zone."""
    later = instant.replace(second=0, microsecond=0) + timedelta(minutes=minutes)
    return later.astimezone(ZoneInfo(timezone))


def place_name(place: Place, language: str) -> str:
    """The name of the place in that language where the gazetteer has it, else its Latin one."""
    return place.name_ru if language == "ru" and place.name_ru else place.name


def _parts(value: Versions | Cost | Burden) -> dict[str, Any]:
    """The fields of a flat value; `asdict` would copy each of them."""
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


def _text(message: Message, language: str) -> dict[str, str]:
    text = say(message.key, language, **dict(message.slots)).strip()
    return {"key": message.key, "rule": message.rule, "text": text}


def _texts(messages: Iterable[Message], language: str) -> tuple[Text, ...]:
    return tuple(Text(**_text(message, language)) for message in messages)


def _code(code: Code, language: str) -> dict[str, Any]:
    return {"code": code, "name": say(f"code.{code.value}", language)}


def _codes(codes: Iterable[Code], language: str) -> tuple[NamedCode, ...]:
    return tuple(NamedCode(**_code(code, language)) for code in codes)


def _provider(card: Card, language: str) -> dict[str, Any]:
    place = card.place
    named = PlaceName(slug=place.slug, country=place.country, name=place_name(place, language)) if place else None
    return {
        "point": card.point,
        "service_name": card.service_name,
        "organization": card.organization,
        "organization_name": card.organization_name,
        "local_name": card.local_name,
        "country": card.country,
        "place": named,
        "address_confidential": card.address_confidential,
        "status": card.status,
        "status_as_of": card.status_as_of,
        "verified_on": card.verified_on or None,
        "hours_known": card.hours_known,
        "note": card.note,
    }


def _route(route: Route, reply: Reply, manner: Manner) -> RouteAnswer:
    return RouteAnswer(
        rank=route.rank,
        grade=route.grade,
        cost=CostParts(**_parts(route.cost)),
        steps=tuple(_step(number, step, reply, manner) for number, step in enumerate(route.steps, 1)),
        unserved=_codes(route.unserved, manner.language),
    )


def _step(number: int, step: Step, reply: Reply, manner: Manner) -> StepAnswer:
    language, card = manner.language, reply.cards[step.point]
    contacts = tuple(ContactLine(kind=c.kind, value=c.value, note=c.note) for c in card.contacts)
    return StepAnswer(
        number=number,
        provider=ReachableProvider(**_provider(card, language), contacts=contacts),
        grade=step.grade,
        movement=step.movement,
        remote=step.remote,
        serves=tuple(
            ServedCode(**_code(one.code, language), why=one.why, rule=one.rule, share=one.share) for one in step.serves
        ),
        agreement=step.agreement,
        mode=step.mode,
        receiver=_receiver(step.receiver, reply),
        travel_minutes=step.travel_minutes,
        start_minute=step.start_minute,
        end_minute=step.end_minute,
        start_at=local(reply.as_of, manner.timezone, step.start_minute),
        end_at=local(reply.as_of, manner.timezone, step.end_minute),
        burden=None if manner.explain is Explain.NONE else BurdenParts(**_parts(step.burden)),
        cautions=tuple(_caution(caution, language) for caution in step.cautions),
        questions=_texts(step.questions, language),
        notices=_texts(step.notices, language),
        documents=tuple(Document(document) for document in step.documents),
        backups=tuple(Backup(point=slug, name=reply.cards[slug].organization_name) for slug in step.backups),
    )


def _receiver(slug: str | None, reply: Reply) -> Receiver | None:
    return Receiver(organization=slug, name=reply.organizations.get(slug, slug)) if slug else None


def _caution(caution: Caution, language: str) -> CautionText:
    return CautionText(**_text(caution.message, language), weight=caution.weight, points=caution.points)


def _gap(gap: Gap, manner: Manner) -> GapAnswer:
    bare = manner.explain is Explain.NONE
    blocked = _codes(gap.blocked_by, manner.language)
    names = ", ".join(one.name for one in blocked)
    return GapAnswer(
        **_code(gap.code, manner.language),
        reason=gap.reason,
        text=say(f"gap.{gap.reason.value}", manner.language, codes=names),
        blocked_by=blocked,
        offered=None if bare else gap.offered,
        closed_by=None if bare else dict(gap.closed_by),
    )


def _question(question: Question, language: str) -> QuestionAnswer:
    return QuestionAnswer(
        **_text(question.message, language),
        field=question.field,
        opens=question.opens,
        gain=CostGain(**_parts(question.gain)),
        neutral=question.neutral,
    )


def _escalation(one: Escalation, language: str) -> EscalationAnswer:
    return EscalationAnswer(
        **_text(one.message, language), name=one.name, number=one.number, kind=one.kind, police_link=one.police_link
    )


def _rules(answer: RoutesAnswer, manner: Manner) -> dict[str, str]:
    """The words of every rule that the answer names, by id."""
    steps = [step for route in (*answer.routes, *answer.leads) for step in route.steps]
    named = {text.rule for step in steps for text in (*step.cautions, *step.questions, *step.notices)}
    named |= {served.rule for step in steps for served in step.serves}
    named |= {text.rule for text in answer.warnings}
    named |= {rule for gap in answer.gaps for rule in gap.closed_by or ()}
    return {rule: manner.statements[rule] for rule in sorted(named) if rule in manner.statements}
