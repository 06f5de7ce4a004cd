"""Whether a mail that shows an older one answers it or passes it on."""

from dataclasses import dataclass, field

from okienko.lib.quoting.headers import block_sender, is_header_block


@dataclass(frozen=True, slots=True)
class Thread:
    """What headers and subject tell: a reply, a forward, or neither; `partners` are to whom the mail went."""

    is_reply: bool = True
    is_forward: bool = False
    partners: frozenset[str] = field(default_factory=frozenset)

    def passes_on(self, block: str) -> bool:
        """Say whether the older mail that begins with header `block` is passed on, and thus the news.

        Where neither header nor subject tells, a mail that its recipients wrote themselves is answered, one of
        somebody else's is passed on.
        """
        if self.is_forward:
            return True
        if self.is_reply or not is_header_block(block):
            return False
        sender = block_sender(block.strip().split("\n"))
        return bool(sender and self.partners and sender not in self.partners)
