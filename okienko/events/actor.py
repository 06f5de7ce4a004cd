"""Who does something: an agent, a customer, or Okienko itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from okienko.lib.refusal import NotAllowed


@dataclass(frozen=True, slots=True)
class Actor:
    """Primitives only, so that the lowest rooms can carry it. A system actor may do everything."""

    kind: Literal["agent", "customer", "system"]
    id: int | None = None
    name: str = ""
    capabilities: frozenset[str] = frozenset()
    team_ids: frozenset[int] = frozenset()

    @property
    def key(self) -> int:
        """The row's key, 0 for Okienko itself."""
        return self.id or 0

    def may(self, capability: str) -> bool:
        return self.kind == "system" or capability in self.capabilities

    def must(self, capability: str) -> None:
        """Raises NotAllowed when the actor lacks ``capability``."""
        if not self.may(capability):
            raise NotAllowed("capability", capability=capability)


def system(name: str) -> Actor:
    """Okienko itself, acting through the part called ``name`` (inbound, outbound, import …)."""
    return Actor("system", None, name)
