"""What people and machines do with a month's mails, made up from what is published, and labelled.

Nothing of it was seen here; each kind names where its manner is told. What is not told is assumed
and said so: how Chinese gateways fetch, how far readers of one office share a network. A seed
gives the same set again.

Sources:
 [inntopia]  corp.inntopia.com/email-short-tail: 27 % of opens come within an hour, half within 3
 [sendgrid]  sendgrid.com/blog/email-click-delays-holiday-data: half of the clicks come within
             3.7 hours on telephones, 4.5 on desktops
 [carma]     expertise.carmamarketinghub.com, "Open Duration": under 2 s glanced, to 8 s skimmed
 [field]     check.live-direct-marketing.online/blog/bot-clicks-security-scanners-detect: people
             click one link, maybe two, machines all; agents that name their maker
 [defender]  the same, /blog/microsoft-defender-link-click-pattern: every link within 10 s, within
             60 s of delivery, Chrome from Microsoft's networks; at a reader's click, the same link
             milliseconds apart
 [gmail]     the same, /blog/gmail-image-proxy-link-tracking; outsolvi.com, glossary
 [beehiiv]   helpmynewsletter.beehiiv.com/p/why-targeting-all-clickers-is-a-trap: often from
             Azure, HEAD before GET
 [acton]     university.act-on.com, "Identifying false positives": Barracuda follows the first
             link just after the mail was sent, and does not name itself
 [arternal]  support.arternal.com/en/articles/15216436: all links within 1 to 5 s of arriving
 [mpp]       help.socketlabs.com, "Identifying Apple MPP opens": every picture, when the mail
             program starts, by Apple's relay
 [dingtalk]  the agent of its link service, as public repositories quote it
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import log

from distribution.events import Client, Request
from distribution.events.classes import agent_class, network_class, showed
from distribution.events.verdicts import Act
from distribution.links import Use
from distribution.words import Signal

SENT = datetime(2026, 9, 1, 0, 30, tzinfo=UTC)
"""Half past eight in Shanxi."""
HOUR, MINUTE = 3600.0, 60.0

WINDOWS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/131.0.0.0 Safari/537.36"
)
PHONE = "Mozilla/5.0 (Linux; Android 14; 23127PN0CC) AppleWebKit/537.36 Chrome/131.0 Mobile Safari"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1"
WECOM = f"{IPHONE} wxwork/4.1.22 MicroMessenger/7.0.1 Language/zh"
OFFICE = "Mozilla/4.0 (compatible; ms-office; MSOffice 16)"
GMAIL = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
GMAIL_AHEAD = (
    f"{WINDOWS.split(' Chrome', maxsplit=1)[0]} Chrome/42.0.2311.135 Safari/537.36 Edge/12.246"
)
DINGTALK = "DingTalkBot-LinkService/1.0 (+https://open-doc.dingtalk.com/microapp/faquestions)"


@dataclass(frozen=True, slots=True)
class Session:
    """What one person or machine did with one mail."""

    kind: str
    person: bool
    acts: tuple[Act, ...]


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail of the run."""

    id: int
    links: int
    accepted: float
    """Seconds after the run began, as the next."""
    arrived: float


class Month:
    """A run's mails and what became of them."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)  # noqa: S311 - a set that can be made again
        self.mails: list[Mail] = []
        self.sessions: list[Session] = []

    def mail(self, accepted: float | None = None) -> Mail:
        """Another mail; one of ten is greylisted or waits in a queue (assumed)."""
        dice = self.dice
        accepted = dice.uniform(0, 20 * MINUTE) if accepted is None else accepted
        late = dice.random() < 0.1
        transit = dice.uniform(2 * MINUTE, 15 * MINUTE) if late else dice.uniform(1, 20)
        made = Mail(len(self.mails) + 1, dice.randint(5, 16), accepted, accepted + transit)
        self.mails.append(made)
        return made

    def add(self, kind: str, mail: Mail, seen: Iterator["Seen"], *, person: bool) -> None:
        """Somebody's acts with a mail, as judging sees them."""
        acts = tuple(one.act(mail) for one in seen)
        self.sessions.append(Session(kind, person, acts))

    # -- what is drawn --------------------------------------------------------------------------

    def network(self, first: int = 120) -> str:
        """An office's or a provider's; those of Chinese providers begin with such numbers."""
        return f"{first}.{self.dice.randint(64, 250)}.{self.dice.randint(0, 255)}.0/24"

    def reading_time(self, median: float) -> float:
        """Seconds until a person turns to his mail; the spread is [inntopia]'s."""
        return self.dice.lognormvariate(log(median), 2.1)

    def pause(self) -> float:
        """Seconds on a page: glanced at by few, skimmed by some, read by most; see [carma]."""
        manner = self.dice.random()
        if manner < 0.1:
            return self.dice.uniform(1, 2)
        return self.dice.uniform(2, 8) if manner < 0.4 else 8 + self.dice.expovariate(1 / 40)

    def choice_of_links(self, mail: Mail) -> list[int]:
        """One, maybe two, seldom more; see [field]."""
        many = self.dice.choices((1, 2, 3, 4, 6), (60, 22, 10, 5, 3))[0]
        return self.dice.sample(range(1, mail.links + 1), min(many, mail.links))

    def all_links(self, mail: Mail, hidden: float = 0.8) -> list[int]:
        """Whoever takes all takes the hidden one too, unless he looks at styles (assumed)."""
        return [*range(1, mail.links + 1), *([0] if self.dice.random() < hidden else [])]


@dataclass(frozen=True, slots=True)
class Seen:
    """One request, some seconds after the run began."""

    at: float
    agent: str
    network: str
    link: int | None = None
    """None: the pixel; 0: the hidden link."""
    method: str = "GET"
    prefetch: bool = False

    def act(self, mail: Mail) -> Act:
        """What judging is told of it."""
        signal = Signal.OPEN if self.link is None else Signal.CLICK
        client = Client(self.agent, self.method, self.prefetch, self.network)
        at = SENT + timedelta(seconds=self.at)
        request = Request(signal, Use.CLICK, mail.id, self.link or 0, at, client)
        return Act(
            run=1,
            mail=mail.id,
            signal=signal,
            link=self.link or None,
            at=at,
            showed=showed(request),
            agent=agent_class(self.agent),
            network_class=network_class(self.network),
            network=self.network,
            since=at - SENT - timedelta(seconds=mail.accepted),
        )


# -- people --------------------------------------------------------------------------------------


def reads(
    month: Month,
    mail: Mail,
    agent: str,
    network: str,
    *,
    median: float,
    opened_by: str | None = None,
) -> Iterator[Seen]:
    """Opens, looks over the contents, clicks, reads, and perhaps clicks again."""
    at = mail.arrived + month.reading_time(median)
    yield Seen(at, opened_by or agent, network)
    for link in month.choice_of_links(mail):
        at += month.pause()
        yield Seen(at, agent, network, link)


def person(kind: str, agent: str, median: float, opened_by: str | None = None) -> "Scene":
    """A reader by himself, at work or under way."""

    def scene(month: Month) -> None:
        mail, network = month.mail(), month.network()
        seen = reads(month, mail, agent, network, median=median, opened_by=opened_by)
        month.add(kind, mail, seen, person=True)

    return scene


def double_click(month: Month) -> None:
    """Twice on the same link, as people do who learnt it on the desktop."""
    mail, network = month.mail(), month.network()
    seen = [*reads(month, mail, WINDOWS, network, median=4.5 * HOUR)]
    again = Seen(seen[-1].at + month.dice.uniform(0.1, 0.5), WINDOWS, network, seen[-1].link)
    month.add("people: double click", mail, iter([*seen, again]), person=True)


def tabs(month: Month) -> None:
    """Opens two to five articles in tabs, one after the other, then reads (pace assumed)."""
    mail, network = month.mail(), month.network()
    at = mail.arrived + month.reading_time(4.5 * HOUR)
    seen = [Seen(at, WINDOWS, network)]
    for link in month.dice.sample(range(1, mail.links + 1), month.dice.randint(2, 5)):
        at += month.dice.uniform(0.8, 3)
        seen.append(Seen(at, WINDOWS, network, link))
    month.add("people: tabs", mail, iter(seen), person=True)


def forwarded(month: Month) -> None:
    """A reader, and a colleague elsewhere to whom he hands the mail on."""
    mail = month.mail()
    seen = [*reads(month, mail, WINDOWS, month.network(), median=4.5 * HOUR)]
    month.add("people: forwards", mail, iter(seen), person=True)
    at = seen[-1].at + month.reading_time(1 * HOUR)
    clicks, network = [], month.network(111)
    for link in month.choice_of_links(mail):
        at += month.pause()
        clicks.append(Seen(at, PHONE, network, link))
    month.add("people: forwarded to", mail, iter(clicks), person=True)


def office(month: Month) -> None:
    """Colleagues behind one network, in the same quarter of an hour (size assumed)."""
    network, together = month.network(), month.reading_time(2 * HOUR)
    for _ in range(month.dice.randint(3, 9)):
        mail = month.mail(accepted=month.dice.uniform(0, MINUTE))
        at = mail.arrived + together + month.dice.uniform(0, 15 * MINUTE)
        seen = [Seen(at, WINDOWS, network)]
        for link in month.choice_of_links(mail):
            at += month.pause()
            seen.append(Seen(at, WINDOWS, network, link))
        month.add("people: one office", mail, iter(seen), person=True)


def provider(month: Month) -> None:
    """Telephones of all kinds of readers behind a mobile provider's few networks (assumed)."""
    networks = [month.network(223) for _ in range(3)]
    for _ in range(40):
        mail, network = month.mail(), month.dice.choice(networks)
        seen = reads(month, mail, PHONE, network, median=3.7 * HOUR)
        month.add("people: one mobile provider", mail, seen, person=True)


def gateway_before(month: Month) -> None:
    """A gateway in the reader's own office takes all links at arrival; he reads later (assumed)."""
    mail, network = month.mail(), month.network()
    scan = takes_all(month, mail, WINDOWS, network, within=10, after=5)
    month.add("Chinese gateway, in the office", mail, scan, person=False)
    seen = reads(month, mail, WINDOWS, network, median=4.5 * HOUR)
    month.add("people: behind a gateway", mail, seen, person=True)


def safe_links(month: Month) -> None:
    """At a reader's click, Microsoft looks at the same link milliseconds apart; see [defender]."""
    mail, network = month.mail(), month.network()
    seen = [*reads(month, mail, WINDOWS, network, median=4.5 * HOUR, opened_by=OFFICE)]
    month.add("people: behind Safe Links", mail, iter(seen), person=True)
    clicks = [one for one in seen if one.link]
    looks = [
        Seen(one.at - month.dice.uniform(0.05, 0.9), OFFICE, microsoft(month), one.link)
        for one in clicks
    ]
    month.add("Safe Links, at the click", mail, iter(looks), person=False)


# -- machines ------------------------------------------------------------------------------------


def microsoft(month: Month) -> str:
    """Of six, five come from its mail networks, one from its cloud; see [defender], [beehiiv]."""
    third = month.dice.randint(0, 255)
    where = month.dice.choice(("40.94", "40.92", "52.101", "104.47.5", "40.107", "20.51"))
    return f"{where}.0/24" if where.count(".") > 1 else f"{where}.{third}.0/24"


def takes_all(
    month: Month, mail: Mail, agent: str, network: str, *, within: float, after: float
) -> Iterator[Seen]:
    """All links in some seconds, not long after the mail has come; the pixel by half of them."""
    start = mail.arrived + month.dice.uniform(0, after)
    if month.dice.random() < 0.5:
        yield Seen(start, agent, network)
    for link in month.all_links(mail):
        yield Seen(start + month.dice.uniform(0, within), agent, network, link)


Scene = Callable[[Month], None]


def fetches(kind: str, agent: str, networks: tuple[str, ...], median: float) -> Scene:
    """A proxy that fetches the pictures."""

    def scene(month: Month) -> None:
        mail = month.mail()
        network = month.dice.choice(networks).replace("*", str(month.dice.randint(0, 9)))
        at = mail.arrived + month.reading_time(median)
        month.add(kind, mail, iter([Seen(at, agent, network)]), person=False)

    return scene


def scans(
    kind: str,
    agents: tuple[str, ...],
    networks: tuple[str, ...],
    *,
    within: float,
    after: float = 60,
) -> Scene:
    """A gateway that takes all links; `*` in a network is any digit."""

    def scene(month: Month) -> None:
        mail, dice = month.mail(), month.dice
        network = dice.choice(networks).replace("*", str(dice.randint(0, 9)))
        seen = takes_all(month, mail, dice.choice(agents), network, within=within, after=after)
        month.add(kind, mail, seen, person=False)

    return scene


def defender(month: Month) -> None:
    """Every link within 10 s; see [defender]."""
    mail, network = month.mail(), microsoft(month)
    seen = takes_all(month, mail, WINDOWS, network, within=10, after=60)
    month.add("Defender, at delivery", mail, seen, person=False)


def barracuda_first(month: Month) -> None:
    """The first link, just after the mail was sent, without a name; see [acton]."""
    mail = month.mail()
    network = month.dice.choice(("209.222.82.0/24", "64.235.150.0/24"))
    at = mail.arrived + month.dice.uniform(0, 10)
    month.add("Barracuda, first link", mail, iter([Seen(at, WINDOWS, network, 1)]), person=False)


def asks_first(month: Month) -> None:
    """HEAD, then GET, of every link, from many networks of a cloud; see [beehiiv]."""
    mail, dice = month.mail(), month.dice
    start, seen = mail.arrived + dice.uniform(0, 30), []
    for link in month.all_links(mail):
        start += dice.uniform(0.1, 1)
        network = f"13.{dice.randint(64, 107)}.{dice.randint(0, 255)}.0/24"
        seen.append(Seen(start, WINDOWS, network, link, method="HEAD"))
        seen.append(Seen(start + 0.1, WINDOWS, network, link))
    month.add("cloud scanner, HEAD and GET", mail, iter(seen), person=False)


def slowly(month: Month) -> None:
    """One link after the other in a sandbox, some seconds each, named as a browser (assumed)."""
    mail, network = month.mail(), month.network(47)
    at, seen = mail.arrived + month.dice.uniform(0, 60), []
    for link in month.dice.sample(links := month.all_links(mail), len(links)):
        seen.append(Seen(at, WINDOWS, network, link))
        at += month.dice.uniform(2, 6)
    month.add("slow sandbox", mail, iter(seen), person=False)


def antivirus(month: Month) -> None:
    """Looks at a link as its reader moves to it: HEAD, or marked as a prefetch (assumed)."""
    mail, network = month.mail(), month.network()
    at, head = mail.arrived + month.reading_time(4.5 * HOUR), month.dice.random() < 0.5
    links = month.choice_of_links(mail)
    seen = [
        Seen(at + 5 * number, WINDOWS, network, link, "HEAD" if head else "GET", not head)
        for number, link in enumerate(links)
    ]
    month.add("antivirus at the reader's", mail, iter(seen), person=False)


def previews(kind: str, agent: str) -> Scene:
    """A link that was pasted into a chat is fetched once."""

    def scene(month: Month) -> None:
        mail = month.mail()
        at = mail.arrived + month.reading_time(4.5 * HOUR)
        link = month.dice.randint(1, mail.links)
        seen = Seen(at, agent, month.network(39), link)
        month.add(kind, mail, iter([seen]), person=False)

    return scene


GOOGLE = ("66.249.8*.0/24", "66.102.*.0/24", "74.125.21*.0/24")
APPLE = ("172.224.24*.0/24", "104.28.4*.0/24", "146.75.1*.0/24")
PROOFPOINT = ("67.231.15*.0/24", "148.163.13*.0/24", "208.86.201.0/24")
MIMECAST = ("205.139.110.0/24", "207.211.31.0/24", "170.10.129.0/24", "91.220.42.0/24")
TENCENT, NETEASE = ("43.137.*.0/24", "119.29.*.0/24"), ("59.111.*.0/24", "123.126.9*.0/24")

SCENES: tuple[tuple[int, Scene], ...] = (
    (90, person("people: desktop", WINDOWS, 4.5 * HOUR)),
    (70, person("people: telephone", PHONE, 3.7 * HOUR)),
    (30, person("people: iPhone", IPHONE, 3.7 * HOUR)),
    (60, person("people: WeCom", WECOM, 3.7 * HOUR)),
    (40, person("people: QQ Mail on the web", WINDOWS, 4.5 * HOUR)),
    (20, person("people: at once", PHONE, 2 * MINUTE)),
    (20, person("people: Foxmail, then a browser", WINDOWS, 4.5 * HOUR, f"{WINDOWS} Foxmail 7.2")),
    (10, tabs),
    (15, double_click),
    (15, forwarded),
    (12, office),
    (1, provider),
    (15, gateway_before),
    (15, safe_links),
    (50, fetches("Apple Mail Privacy", "Mozilla/5.0", APPLE, 1 * HOUR)),
    (25, fetches("Gmail proxy", GMAIL, GOOGLE, 10 * MINUTE)),
    (10, fetches("Gmail prefetch", GMAIL_AHEAD, GOOGLE, 10 * MINUTE)),
    (40, defender),
    (15, barracuda_first),
    (15, scans("Barracuda", ("BarracudaCentral/1.0", WINDOWS), ("209.222.82.0/24",), within=5)),
    (20, scans("Proofpoint", ("proofpoint-urldefense", WINDOWS), PROOFPOINT, within=5)),
    (20, scans("Mimecast", (WINDOWS,), MIMECAST, within=5)),
    (15, scans("gateway, 1 to 5 s", (WINDOWS, ""), ("18.20*.7.0/24",), within=5, after=1)),
    (15, asks_first),
    (15, slowly),
    (20, scans("Coremail (assumed)", (WINDOWS, "Java/1.8.0_292"), ("36.112.*.0/24",), within=8)),
    (20, scans("NetEase (assumed)", (WINDOWS, "Go-http-client/1.1"), NETEASE, within=8)),
    (20, scans("QQ check (assumed)", (WINDOWS, PHONE), TENCENT, within=8)),
    (20, antivirus),
    (15, previews("preview: DingTalk", DINGTALK)),
    (8, previews("preview: WeCom (assumed)", WINDOWS)),
)
"""How many of each."""


def make(seed: int) -> Month:
    """A whole month."""
    month = Month(seed)
    for count, scene in SCENES:
        for _ in range(count):
            scene(month)
    return month
