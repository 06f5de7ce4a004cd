"""The verbs of people: who works here and who writes to us."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from okienko.events.actor import Actor
from okienko.events.record import changed
from okienko.lib.refusal import Conflict, Invalid
from okienko.lib.text import normalise_address
from okienko.people.capabilities import CAPABILITIES, SHIPPED_ROLES
from okienko.people.models import Agent, Customer, Identity, Organization, Role, Team, User


def has_administrator() -> bool:
    """Whether anybody can administer this Okienko; until then the wizard is open to the one-time token."""
    return Agent.objects.filter(role__code="administrator", is_active=True).exists()


def ship_roles() -> None:
    """Makes the shipped roles that are missing."""
    for code, (_, capabilities) in SHIPPED_ROLES.items():
        Role.objects.get_or_create(code=code, defaults={"capabilities": capabilities})


def add_agent(
    *,
    email: str,
    name: str,
    role: Role,
    by: Actor,
    password: str | None = None,
    teams: Iterable[Team] = (),
    language: str = "",
    time_zone: str = "",
) -> Agent:
    """A new agent who can sign in with ``email``. Raises NotAllowed, Invalid (address, password) or Conflict."""
    by.must("setup")
    email = checked_address(email)
    if password is not None:
        checked_password(password)
    if User.objects.filter(email=email).exists():
        raise Conflict("agent_exists", email=email)
    with transaction.atomic():
        user = User.objects.create_user(email, password)
        agent = Agent.objects.create(
            user=user,
            name=name.strip() or email.split("@")[0],
            role=role,
            language=language,
            time_zone=time_zone,
        )
        agent.teams.set(teams)
        changed("people")
    return agent


def change_agent(agent: Agent, *, by: Actor, teams: Iterable[Team] | None = None, **fields: object) -> Agent:
    """Changes an agent's name, role, language, time_zone, is_active or teams.

    Raises NotAllowed, or Conflict when it would leave nobody who can administer.
    """
    by.must("setup")
    unknown = set(fields) - {"name", "role", "language", "time_zone", "is_active"}
    if unknown:
        raise Invalid("field", names=sorted(unknown))
    with transaction.atomic():
        Agent.objects.filter(pk=agent.pk).update(**fields)
        agent = Agent.objects.select_related("user", "role").get(pk=agent.pk)
        if teams is not None:
            agent.teams.set(teams)
        User.objects.filter(pk=agent.user_id).update(is_active=agent.is_active)
        if not has_administrator():
            raise Conflict("last_administrator")
        changed("people")
    return agent


def change_own_settings(agent: Agent, *, by: Actor, language: str, time_zone: str) -> Agent:
    """An agent's own language and time zone."""
    if by.id != agent.pk:
        by.must("setup")
    Agent.objects.filter(pk=agent.pk).update(language=language, time_zone=time_zone)
    return Agent.objects.get(pk=agent.pk)


def set_password(agent: Agent, password: str, *, by: Actor) -> None:
    """A new password for an agent, by themselves or an administrator. Raises NotAllowed or Invalid."""
    if by.id != agent.pk:
        by.must("setup")
    checked_password(password)
    agent.user.set_password(password)
    agent.user.save(update_fields=["password"])


def add_team(name: str, *, by: Actor) -> Team:
    """A team called ``name``; the one that has the name already is returned as it is."""
    by.must("setup")
    name = name.strip()
    if not name:
        raise Invalid("name")
    team, _ = Team.objects.get_or_create(name=name)
    changed("people")
    return team


def change_team(team: Team, *, by: Actor, name: str, is_active: bool, agents: Iterable[Agent]) -> Team:
    """Renames a team, switches it on or off and sets its agents. Raises NotAllowed, Invalid or Conflict."""
    by.must("setup")
    if not name.strip():
        raise Invalid("name")
    if Team.objects.filter(name=name.strip()).exclude(pk=team.pk).exists():
        raise Conflict("name_taken", name=name.strip())
    with transaction.atomic():
        Team.objects.filter(pk=team.pk).update(name=name.strip(), is_active=is_active)
        team.agents.set(agents)
        changed("people")
    return Team.objects.get(pk=team.pk)


def save_role(role: Role | None, *, by: Actor, name: str, capabilities: Iterable[str]) -> Role:
    """Makes or changes a role. Raises NotAllowed, Invalid, or Conflict when nobody could administer any more."""
    by.must("setup")
    wanted = [c for c in CAPABILITIES if c in set(capabilities)]
    if role is None:
        if not name.strip():
            raise Invalid("name")
        return Role.objects.create(name=name.strip(), capabilities=wanted)
    if role.code == "administrator":
        raise Conflict("administrator_role")
    Role.objects.filter(pk=role.pk).update(name=name.strip(), capabilities=wanted)
    return Role.objects.get(pk=role.pk)


def customer_at(address: str, *, name: str = "", kind: str = Identity.Kind.EMAIL) -> Customer:
    """The customer with this address, a new one if we don't know it; an unnamed one gets ``name``."""
    value = _value(kind, address)
    identity = Identity.objects.select_related("customer").filter(kind=kind, value=value).first()
    if identity:
        customer = identity.customer
        if name and not customer.name:
            customer.name = name[:200]
            customer.save(update_fields=["name"])
        return customer
    with transaction.atomic():
        customer = Customer.objects.create(name=name[:200])
        identity, is_new = Identity.objects.get_or_create(
            kind=kind, value=value[:320], defaults={"customer": customer, "shown": address[:320]}
        )
        if not is_new:
            customer.delete()
    return identity.customer


def change_customer(
    customer: Customer, *, by: Actor, name: str, organization: str = "", email: str = "", phone: str = ""
) -> Customer:
    """Corrects a customer's name and organization and adds addresses. Raises NotAllowed, Invalid or Conflict."""
    by.must("customers.change")
    with transaction.atomic():
        company = (
            Organization.objects.get_or_create(name=organization.strip())[0] if organization.strip() else None
        )
        Customer.objects.filter(pk=customer.pk).update(name=name.strip()[:200], organization=company)
        if email.strip():
            _add_identity(customer, Identity.Kind.EMAIL, checked_address(email))
        if phone.strip():
            _add_identity(customer, Identity.Kind.PHONE, phone.strip())
        changed(f"customer-{customer.pk}")
    return Customer.objects.get(pk=customer.pk)


def add_customer(*, by: Actor, name: str = "", email: str = "", phone: str = "") -> Customer:
    """The customer with this address or number, a new one if there is none. Raises NotAllowed or Invalid."""
    by.must("tickets.open")
    if email.strip():
        customer = customer_at(checked_address(email), name=name)
    elif phone.strip():
        customer = customer_at(phone.strip(), name=name, kind=Identity.Kind.PHONE)
    elif name.strip():
        customer = Customer.objects.create(name=name.strip()[:200])
    else:
        raise Invalid("customer")
    return customer


def mark_bounced(addresses: Iterable[str], *, at: object) -> None:
    """Marks addresses that a mail server says don't exist or don't accept mail."""
    values = [normalise_address(a) for a in addresses]
    Identity.objects.filter(kind=Identity.Kind.EMAIL, value__in=values).update(bounced_at=at)


def _value(kind: str, shown: str) -> str:
    """How we compare an address or a number: a number by its digits alone, if it has any."""
    digits = "".join(c for c in shown if c in "+0123456789")
    return digits if kind == Identity.Kind.PHONE and digits else normalise_address(shown)


def _add_identity(customer: Customer, kind: str, shown: str) -> None:
    value = _value(kind, shown)
    owner = Identity.objects.filter(kind=kind, value=value).first()
    if owner and owner.customer_id != customer.pk:
        raise Conflict("identity_taken", value=shown)
    if not owner:
        Identity.objects.create(customer=customer, kind=kind, value=value, shown=shown)


def checked_address(address: str) -> str:
    """The address lower-cased and trimmed; raises Invalid when it is none."""
    address = address.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise Invalid("address", address=address) from error
    return address


def checked_password(password: str) -> None:
    """Raises Invalid when the password is too short or too common; ``details["why"]`` says it in words."""
    try:
        password_validation.validate_password(password)
    except ValidationError as error:
        raise Invalid("password", why=" ".join(error.messages)) from error
