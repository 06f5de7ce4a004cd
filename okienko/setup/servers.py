"""Which servers an address probably has: known providers, else the names that most hosters use."""

from __future__ import annotations

from okienko.channels.email.config import Server

GOOGLE = ("imap.gmail.com", "smtp.gmail.com:465")
MICROSOFT = ("outlook.office365.com", "smtp.office365.com:587")
KNOWN: dict[str, tuple[str, str]] = {
    "gmail.com": GOOGLE,
    "googlemail.com": GOOGLE,
    "outlook.com": MICROSOFT,
    "hotmail.com": MICROSOFT,
    "live.com": MICROSOFT,
    "wp.pl": ("imap.wp.pl", "smtp.wp.pl:465"),
    "o2.pl": ("poczta.o2.pl", "poczta.o2.pl:465"),
    "tlen.pl": ("poczta.o2.pl", "poczta.o2.pl:465"),
    "onet.pl": ("imap.poczta.onet.pl", "smtp.poczta.onet.pl:465"),
    "op.pl": ("imap.poczta.onet.pl", "smtp.poczta.onet.pl:465"),
    "interia.pl": ("poczta.interia.pl", "poczta.interia.pl:465"),
    "interia.eu": ("poczta.interia.pl", "poczta.interia.pl:465"),
    "gazeta.pl": ("imap.gazeta.pl", "smtp.gazeta.pl:465"),
    "yahoo.com": ("imap.mail.yahoo.com", "smtp.mail.yahoo.com:465"),
    "icloud.com": ("imap.mail.me.com", "smtp.mail.me.com:587"),
    "me.com": ("imap.mail.me.com", "smtp.mail.me.com:587"),
    "gmx.de": ("imap.gmx.net", "mail.gmx.net:465"),
    "gmx.net": ("imap.gmx.net", "mail.gmx.net:465"),
    "web.de": ("imap.web.de", "smtp.web.de:587"),
    "fastmail.com": ("imap.fastmail.com", "smtp.fastmail.com:465"),
}


def is_known(address: str) -> bool:
    """Whether the address belongs to a provider whose servers we know rather than guess."""
    return address.rpartition("@")[2].strip().lower() in KNOWN


def suggested(address: str) -> tuple[Server, Server]:
    """IMAP and SMTP servers for ``address``; the user name is the address itself."""
    address = address.strip().lower()
    domain = address.rpartition("@")[2]
    imap, smtp = KNOWN.get(domain, (f"imap.{domain}", f"smtp.{domain}:465"))
    host, _, port = smtp.partition(":")
    return (
        Server(imap, 993, "tls", address),
        Server(host, int(port), "tls" if port == "465" else "starttls", address),
    )
