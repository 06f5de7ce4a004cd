"""Who we are and whom we serve. A User signs in; an Agent works on tickets; a Customer contacts us."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from okienko.events.actor import Actor
from okienko.people.capabilities import SHIPPED_ROLES


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **extra: Any) -> User:
        user = self.model(email=email.strip().lower(), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser):
    """Somebody who can sign in; what they are here is an Agent row beside it."""

    email = models.EmailField(unique=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.email


class Team(models.Model):
    name = models.CharField(max_length=80, unique=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Role(models.Model):
    """A named set of capabilities. A shipped role has a ``code``, and a translated name until it is renamed."""

    code = models.CharField(max_length=20, blank=True)
    name = models.CharField(max_length=80, blank=True)
    capabilities = models.JSONField(default=list)

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return self.name or _(SHIPPED_ROLES[self.code][0])


class Agent(models.Model):
    """A member of staff who works on tickets."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="agent")
    name = models.CharField(max_length=120)
    role = models.ForeignKey(Role, on_delete=models.PROTECT)
    teams = models.ManyToManyField(Team, blank=True, related_name="agents")
    language = models.CharField(max_length=5, blank=True)
    time_zone = models.CharField(max_length=60, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def team_ids(self) -> frozenset[int]:
        return frozenset(self.teams.values_list("pk", flat=True))

    @cached_property
    def actor(self) -> Actor:
        """This agent as the one who does something, with what they may; read once per request."""
        allowed = frozenset(self.role.capabilities) if self.is_active else frozenset()
        return Actor("agent", self.pk, self.name, allowed, self.team_ids)

    def may(self, capability: str) -> bool:
        return self.actor.may(capability)


class Organization(models.Model):
    """A company that customers belong to."""

    name = models.CharField(max_length=160, unique=True)

    def __str__(self) -> str:
        return self.name


class Customer(models.Model):
    """A person who contacts us; how they are reached are their identities."""

    name = models.CharField(max_length=200, blank=True)
    organization = models.ForeignKey(Organization, null=True, blank=True, on_delete=models.SET_NULL)
    language = models.CharField(max_length=5, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name


class Identity(models.Model):
    """An address, number or handle of a customer. ``value`` is normalised, ``shown`` as it was given."""

    class Kind(models.TextChoices):
        EMAIL = "email"
        PHONE = "phone"

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="identities")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    value = models.CharField(max_length=320)
    shown = models.CharField(max_length=320)
    bounced_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("kind", "value"), name="identity_once")]

    def __str__(self) -> str:
        return self.shown
