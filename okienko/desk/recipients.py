"""Who will receive a message: read from what was typed, and worked out for a reply."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from okienko.lib.refusal import Invalid
from okienko.lib.text import normalise_address, squash
from okienko.tickets.models import Message, Ticket

Person = dict[str, str]

MOST = 100
MOST_TYPED = 20_000  # characters
_PART = re.compile(r'(?:"(?:[^"\\]|\\.){0,200}"|<[^<>]{0,320}>|[^,;"<]|["<])+')
_NAMED = re.compile(r'^\s*"?(?P<name>.*?)"?\s*<(?P<address>[^<>]*)>\s*$')
# What okienko.lib.mail can put into a header: a local part and a domain without blanks, brackets and separators.
_ADDRESS = re.compile(r"[^\s<>,;:()\[\]\"\\@]+@[^\s<>,;:()\[\]\"\\@]+")


def typed(text: str) -> list[Person]:
    """The people in ``Name <address>, address; …``, as ``{"name", "address"}``; what is no address yet stays."""
    people = []
    for part in _PART.findall(squash(text[:MOST_TYPED]))[:MOST]:
        named = _NAMED.match(part)
        name, address = (named["name"], named["address"]) if named else ("", part)
        person = {"name": name.replace('\\"', '"').strip()[:200], "address": address.strip()[:320]}
        if person["address"] or person["name"]:
            people.append(person)
    return people


def checked(people: list[Person]) -> list[Person]:
    """The same people, each once. Raises Invalid("address") for one that has no usable address."""
    found: dict[str, Person] = {}
    for person in people:
        if not _ADDRESS.fullmatch(person["address"]):
            raise Invalid("address", address=person["address"] or person["name"])
        found.setdefault(normalise_address(person["address"]), person)
    return list(found.values())


def line(people: Iterable[Person]) -> str:
    """The people as typed() reads them."""
    return ", ".join(_shown(p["name"], p["address"]) for p in people)


def _shown(name: str, address: str) -> str:
    if not name:
        return address
    if re.search(r'[,;"<>]', name):
        name = '"{}"'.format(name.replace('"', '\\"'))
    return f"{name} <{address}>"


@dataclass(frozen=True, slots=True)
class Answer:
    """Whom a reply reaches: its sender alone (``to``), or everyone (``all_to`` and ``all_cc``)."""

    to: list[Person]
    all_to: list[Person]
    all_cc: list[Person]

    @property
    def others(self) -> int:
        """How many more a reply to everyone reaches."""
        return len(self.all_to) + len(self.all_cc) - len(self.to)


def answer_to(
    ticket: Ticket, own: Collection[str], identities: Iterable[str], recent: Iterable[Message] = ()
) -> Answer:
    """Whom a reply to the newest received message reaches; machines' messages only where there is no other.

    ``own`` are our normalised addresses, which never receive our own mail; ``identities`` are the customer's
    addresses, for a ticket that nobody wrote to us about; ``recent`` are the newest messages, read already.
    """
    to: list[Person] = []
    rest_to: list[Person] = []
    rest_cc: list[Person] = []
    if newest := _newest(recent) or _newest_of(ticket):
        sender = {"name": newest.from_name, "address": newest.from_address}
        to = _others(newest.reply_to, own) or _others([sender], own)
        rest_to, rest_cc = newest.to, newest.cc
    if not to:
        name = ticket.customer.name if ticket.customer else ""
        to = [{"name": name, "address": address} for address in list(identities)[:1]]
    all_to = _others([*to, *rest_to], own)
    known = {normalise_address(p["address"]) for p in all_to}
    return Answer(to, all_to, _others(rest_cc, {*own, *known}))


def _newest(messages: Iterable[Message]) -> Message | None:
    persons = (m for m in messages if m.kind == Message.Kind.RECEIVED and not m.is_automatic)
    return max(persons, key=lambda m: (m.at, m.pk), default=None)


def _newest_of(ticket: Ticket) -> Message | None:
    received = Message.objects.filter(ticket=ticket, kind=Message.Kind.RECEIVED, withdrawn_at=None)
    shown = received.only("from_name", "from_address", "reply_to", "to", "cc")
    return shown.order_by("is_automatic", "-at", "-pk").first()


def _others(people: Iterable[Person], known: Collection[str]) -> list[Person]:
    """The people with an address that is not ``known``, each once."""
    found: dict[str, Person] = {}
    for person in people:
        address = normalise_address(person["address"])
        if "@" in address and address not in known and _without_plus(address) not in known:
            found.setdefault(address, {"name": person["name"], "address": person["address"]})
    return list(found.values())


def _without_plus(address: str) -> str:
    local, _, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"
