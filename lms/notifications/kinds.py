"""Every kind of notice, in one table. To add one, add an entry; the contract test then runs on it.

`values` names what whoever notifies must give, and how it is written for the reader (see `wording.py`); a value that is "secret"
(a one-time link) exists only in mail, is sealed while it waits, and is wiped afterwards. `link` is the endpoint that the notice leads
to, with the arguments of its address taken from the values.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

from lms.base.texts import N_
from lms.notifications.rules import ORDINARY, URGENT, Channel

How = Literal["text", "number", "date", "moment", "change", "secret"]
DAYS = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of notice. Sentences are English msgids that name values as %(name)s.

    `label` stands on the page of preferences, `sentence` on the page of notices and in the digest; a mail has `subject`, `body` (a
    paragraph each, left out if a value it names is empty; default: the sentence) and a button `action`. A mandatory kind goes at once and
    cannot be switched off. A kind that is not `in_app` is mail only. `keep` is for how long a mail that cannot be sent is worth trying.
    """

    label: str
    icon: str
    subject: str
    sentence: str
    action: str
    values: Mapping[str, How]
    link: tuple[str, Mapping[str, str]]
    example: Mapping[str, Any]
    body: tuple[str, ...] = ()
    hint: str = ""
    default: Channel = "now"
    mandatory: bool = False
    in_app: bool = True
    keep: timedelta = 3 * DAYS
    needs: str = ""  # the permission without which nobody is told of it; then it is not offered on the page of preferences
    until: str = ""  # the moment among the values after which the mail is worth nothing
    secret: str = field(init=False, default="")

    def __post_init__(self) -> None:
        object.__setattr__(self, "secret", next((name for name, how in self.values.items() if how == "secret"), ""))

    @property
    def priority(self) -> int:
        """Links that somebody waits for go before everything else."""
        return URGENT if self.secret else ORDINARY

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """What the mail says."""
        return self.body or (self.sentence,)


CHANGES: Mapping[str, str] = {  # what lms.accounts.events.AccountChanged names
    "password": N_("your password was changed"),
    "second-step-on": N_("the second step was switched on"),
    "second-step-off": N_("the second step was switched off"),
    "second-step-reset": N_("an administrator took the second step away"),
    "second-step-tried": N_("somebody knew your password, but gave a wrong code five times"),
    "recovery-codes": N_("new recovery codes were made"),
    "recovery-code-used": N_("a recovery code was used"),
    "passkey-added": N_("a passkey was added"),
    "passkey-removed": N_("a passkey was removed"),
    "new-device": N_("somebody signed in on a device that is new"),
    "code-made": N_("an administrator made a code for a new password"),
    "email": N_("your e-mail address was changed"),
    "provider-linked": N_("sign-in through another service was connected"),
}
OTHER_CHANGE = N_("something about how you sign in was changed")

KINDS: Mapping[str, Kind] = {
    "account.activation": Kind(
        label=N_("Links for a first password"), icon="lock", mandatory=True, in_app=False, until="until",
        subject=N_("Choose your password for Simpul Belajar"),
        sentence=N_("You have an account on Simpul Belajar. Choose a password with the link."),
        body=(N_("You have an account on Simpul Belajar, the learning platform of %(agency)s. You sign in with your NIP."),
              N_("The link works once, until %(until)s. Do not pass it on.")),
        action=N_("Choose a password"), values={"link": "secret", "until": "moment"}, link=("accounts.login", {}),
        example={"link": "https://belajar.example.go.id/example", "until": "2026-03-17T02:00:00+00:00"},
    ),
    "account.reset": Kind(
        label=N_("Links for a new password"), icon="lock", mandatory=True, in_app=False, until="until",
        subject=N_("Choose a new password for Simpul Belajar"),
        sentence=N_("A link for a new password was asked for."),
        body=(N_("Somebody, probably you, asked for a new password for your account on Simpul Belajar."),
              N_("The link works once, until %(until)s. Do not pass it on."),
              N_("If it was not you, you need not do anything: your password stays as it is.")),
        action=N_("Choose a new password"), values={"link": "secret", "until": "moment"}, link=("accounts.login", {}),
        example={"link": "https://belajar.example.go.id/example", "until": "2026-03-10T02:30:00+00:00"},
    ),
    "account.email": Kind(
        label=N_("Links that confirm an e-mail address"), icon="mail", mandatory=True, in_app=False, until="until",
        subject=N_("Confirm this address for Simpul Belajar"),
        sentence=N_("This address waits to be confirmed."),
        body=(N_("This address was given as yours on Simpul Belajar. It is used once you have confirmed it."),
              N_("The link works once, until %(until)s."),
              N_("If you know nothing of it, you need not do anything.")),
        action=N_("Confirm the address"), values={"link": "secret", "until": "moment"}, link=("accounts.login", {}),
        example={"link": "https://belajar.example.go.id/example", "until": "2026-03-11T02:00:00+00:00"},
    ),
    "account.changed": Kind(
        label=N_("What happens to your account"), icon="shield", mandatory=True, hint=N_("So that you notice if it was not you."),
        subject=N_("Your account: %(change)s"), sentence=N_("Your account: %(change)s."),
        body=(N_("This happened to your account on Simpul Belajar on %(at)s: %(change)s."), N_("Device and address: %(where)s"),
              N_("If it was you, all is well. If not, choose a new password at once and tell the administrator of your agency.")),
        action=N_("See how you sign in"), values={"change": "change", "where": "text", "at": "moment"}, link=("account.overview", {}),
        example={"change": "new-device", "where": "Chrome, Android, 10.1.2.3", "at": "2026-03-10T02:00:00+00:00"},
    ),
    "delegate.named": Kind(
        label=N_("Somebody stands in"), icon="users", mandatory=True, hint=N_("When you stand in for somebody, or somebody for you."),
        subject=N_("%(delegate)s stands in for %(supervisor)s until %(until)s"),
        sentence=N_("%(delegate)s stands in for %(supervisor)s from %(from)s until %(until)s."),
        body=(N_("%(delegate)s stands in for %(supervisor)s from %(from)s until %(until)s."),
              N_("Meanwhile %(delegate)s sees the team; what is done there is recorded with both names.")),
        action=N_("To the team"), values={"delegate": "text", "supervisor": "text", "from": "date", "until": "date"},
        link=("home.team", {}),
        example={"delegate": "Dewi Lestari", "supervisor": "Wati Simanjuntak", "from": "2026-03-10", "until": "2026-03-12"},
    ),
    "assignment.made": Kind(
        label=N_("Something is assigned to you"), icon="flag",
        subject=N_("Assigned to you: %(title)s"), sentence=N_("%(title)s is assigned to you, due on %(due)s."),
        action=N_("To my assignments"), values={"title": "text", "due": "date"}, link=("assignments.mine", {}),
        example={"title": "Pelayanan Prima", "due": "2026-04-30"},
    ),
    "assignment.overdue": Kind(
        label=N_("An assignment of yours is overdue"), icon="alert", hint=N_("Once a week."),
        subject=N_("Overdue: %(title)s"), sentence=N_("%(title)s was due on %(due)s."),
        body=(N_("%(title)s was due on %(due)s and is not done yet."),
              N_("If you cannot do it, tell your supervisor or the training officer: they can give you more time.")),
        action=N_("To my assignments"), values={"title": "text", "due": "date"}, link=("assignments.mine", {}),
        example={"title": "Pelayanan Prima", "due": "2026-04-30"},
    ),
    "assignment.reminder": Kind(
        label=N_("An assignment of yours is due soon"), icon="clock", default="digest", hint=N_("14, 7 and 1 days before, and on the day."),
        subject=N_("Due on %(due)s: %(title)s"), sentence=N_("%(title)s is due on %(due)s."),
        action=N_("To my assignments"), values={"title": "text", "due": "date"}, link=("assignments.mine", {}),
        example={"title": "Pelayanan Prima", "due": "2026-04-30"},
    ),
    "assignment.team": Kind(
        label=N_("Assignments are overdue in your unit"), icon="users", default="digest",
        hint=N_("For those who lead a unit, once a week."), needs="training.see", subject=N_("Overdue in your unit: %(count)s"),
        sentence=N_("Assignments that are overdue in your unit: %(count)s."),
        action=N_("See who"), values={"count": "number"}, link=("assignments_team.unit", {}), example={"count": 3},
    ),
    "assignment.waived": Kind(
        label=N_("An assignment was waived for you"), icon="check",
        subject=N_("Waived: %(title)s"), sentence=N_("You need not do %(title)s: %(reason)s"),
        action=N_("To my assignments"), values={"title": "text", "reason": "text"}, link=("assignments.mine", {}),
        example={"title": "Pelayanan Prima", "reason": "Cuti melahirkan."},
    ),
    "attempt.marked": Kind(
        label=N_("An essay of yours was marked"), icon="pen",
        subject=N_("Marked: %(quiz)s"), sentence=N_("Your answers in %(quiz)s are marked."),
        body=(N_("A trainer has marked your answers in %(quiz)s. The result and the comments are on its page."),),
        action=N_("See the result"), values={"quiz": "text", "attempt": "number"}, link=("assessment.review", {"attempt_id": "attempt"}),
        example={"quiz": "Survei Kepuasan Masyarakat", "attempt": 1},
    ),
    "certificate.issued": Kind(
        label=N_("A certificate was issued"), icon="cert",
        subject=N_("Your certificate: %(module)s"), sentence=N_("Your certificate for %(module)s is issued."),
        body=(N_("You have completed %(module)s. Your certificate has the number %(number)s."),
              N_("Anyone can check it with the code that is printed on it.")),
        action=N_("Open the certificate"), values={"module": "text", "number": "text", "serial": "text"},
        link=("certificates.certificate", {"serial": "serial"}),
        example={"module": "Pelayanan Prima", "number": "0001/SERT/BKPSDM/III/2026", "serial": "ABCDEFGHJKLMNPQRSTUV"},
    ),
    "certificate.expiring": Kind(
        label=N_("A certificate expires soon"), icon="clock", default="digest", hint=N_("60, 30 and 7 days before its last day."),
        subject=N_("Valid until %(until)s: your certificate for %(module)s"),
        sentence=N_("Your certificate for %(module)s is valid until %(until)s."),
        body=(N_("Your certificate for %(module)s (%(number)s) is valid until %(until)s."),
              N_("From the day after, you can take the module once more and earn a new one.")),
        action=N_("Open the certificate"), values={"module": "text", "number": "text", "serial": "text", "until": "date"},
        link=("certificates.certificate", {"serial": "serial"}),
        example={"module": "Pelayanan Prima", "number": "0001/SERT/BKPSDM/III/2024", "serial": "ABCDEFGHJKLMNPQRSTUV",
                 "until": "2026-05-09"},
    ),
    "claim.accepted": Kind(
        label=N_("An outside certificate of yours was accepted"), icon="cert",
        subject=N_("Accepted: %(title)s"), sentence=N_("Your outside certificate %(title)s is accepted: %(jp)s JP count."),
        action=N_("To the certificate"), values={"title": "text", "jp": "text", "claim": "number"},
        link=("claims.claim", {"claim_id": "claim"}), example={"title": "Bimtek Arsip Digital", "jp": "16", "claim": 1},
    ),
    "claim.refused": Kind(
        label=N_("An outside certificate of yours was not accepted"), icon="cert",
        subject=N_("Not accepted: %(title)s"), sentence=N_("Your outside certificate %(title)s was not accepted: %(reason)s"),
        action=N_("To the certificate"), values={"title": "text", "reason": "text", "claim": "number"},
        link=("claims.claim", {"claim_id": "claim"}),
        example={"title": "Bimtek Arsip Digital", "reason": "Nama pada sertifikat bukan nama Anda.", "claim": 1},
    ),
    "claim.returned": Kind(
        label=N_("An outside certificate of yours came back to be mended"), icon="pen",
        subject=N_("To be mended: %(title)s"), sentence=N_("Your outside certificate %(title)s came back to be mended: %(reason)s"),
        action=N_("Mend it"), values={"title": "text", "reason": "text", "claim": "number"},
        link=("claims.claim", {"claim_id": "claim"}),
        example={"title": "Bimtek Arsip Digital", "reason": "Foto belum terbaca, mohon ulangi.", "claim": 1},
    ),
    "claim.waiting": Kind(
        label=N_("Outside certificates wait to be checked"), icon="cert", default="digest", hint=N_("For officers, once a day."),
        needs="training.check", subject=N_("Outside certificates wait to be checked"),
        sentence=N_("Outside certificates of your unit wait to be checked."),
        action=N_("To the queue"), values={}, link=("claims_office.queue", {}), example={},
    ),
    "competency.confirmed": Kind(
        label=N_("Your supervisor confirmed a level of a competency"), icon="target",
        subject=N_("Confirmed: %(competency)s, level %(level)s"),
        sentence=N_("%(by)s confirmed level %(level)s of %(competency)s for you."),
        body=(N_("%(by)s confirmed level %(level)s of %(competency)s for you."),
              N_("On your page you see the indicators, and may add a remark.")),
        action=N_("See my competencies"), values={"competency": "text", "level": "number", "by": "text"},
        link=("competencies.mine", {}), example={"competency": "Pelayanan Publik", "level": 2, "by": "Wati Purba"},
    ),
    "quiz.closing": Kind(
        label=N_("A quiz closes soon that you have not passed"), icon="cal", default="digest", until="closes",
        hint=N_("7 days and 1 day before it closes."),
        subject=N_("Closes on %(closes)s: %(quiz)s"), sentence=N_("%(quiz)s closes on %(closes)s."),
        body=(N_("The final quiz of %(module)s, %(quiz)s, closes on %(closes)s. You have not passed it yet."),
              N_("After that no attempt can be begun, and one that is open is handed in as it stands.")),
        action=N_("To the quiz"), values={"quiz": "text", "module": "text", "slug": "text", "closes": "moment"},
        link=("assessment.quiz", {"slug": "slug"}),
        example={"quiz": "Kuis akhir Pelayanan Prima", "module": "Pelayanan Prima", "slug": "pelayanan-prima",
                 "closes": "2026-03-17T09:00:00+00:00"},
    ),
    "seminar.registered": Kind(
        label=N_("You have a seat at a seminar"), icon="cal",
        subject=N_("Registered: %(title)s"), sentence=N_("You have a seat at %(title)s, %(starts)s."),
        body=(N_("You are registered for %(title)s. It begins on %(starts)s."),
              N_("If you cannot come, cancel on its page, so that somebody else gets the seat.")),
        action=N_("To the seminar"), values={"title": "text", "code": "text", "starts": "moment"},
        link=("seminars.seminar", {"code": "code"}),
        example={"title": "Keamanan Data Kepegawaian", "code": "keamanan-data", "starts": "2026-03-17T02:00:00+00:00"},
    ),
    "seminar.moved-up": Kind(
        label=N_("You moved up from a waiting list"), icon="cal",
        subject=N_("You have a seat now: %(title)s"), sentence=N_("A seat became free: you take part in %(title)s, %(starts)s."),
        body=(N_("A seat became free and it is yours: %(title)s. It begins on %(starts)s."),
              N_("If you cannot come, cancel on its page, so that somebody else gets the seat.")),
        action=N_("To the seminar"), values={"title": "text", "code": "text", "starts": "moment"},
        link=("seminars.seminar", {"code": "code"}),
        example={"title": "Keamanan Data Kepegawaian", "code": "keamanan-data", "starts": "2026-03-17T02:00:00+00:00"},
    ),
    "seminar.nominated": Kind(
        label=N_("You were nominated for a seminar"), icon="users",
        subject=N_("Nominated: %(title)s"), sentence=N_("You were nominated for %(title)s, %(starts)s."),
        body=(N_("You were nominated for %(title)s. It begins on %(starts)s."),
              N_("Its page says whether you have a seat or wait for one, and lets you decline.")),
        action=N_("To the seminar"), values={"title": "text", "code": "text", "starts": "moment"},
        link=("seminars.seminar", {"code": "code"}),
        example={"title": "Keamanan Data Kepegawaian", "code": "keamanan-data", "starts": "2026-03-17T02:00:00+00:00"},
    ),
    "seminar.removed": Kind(
        label=N_("Your registration for a seminar was taken away"), icon="cal", mandatory=True,
        subject=N_("No seat any more: %(title)s"), sentence=N_("Your registration for %(title)s was taken away: %(reason)s"),
        body=(N_("The training office has taken away your registration for %(title)s, %(starts)s."), N_("Reason: %(reason)s")),
        action=N_("To the seminar"), values={"title": "text", "code": "text", "starts": "moment", "reason": "text"},
        link=("seminars.seminar", {"code": "code"}),
        example={"title": "Keamanan Data Kepegawaian", "code": "keamanan-data", "starts": "2026-03-17T02:00:00+00:00",
                 "reason": "Terdaftar dua kali."},
    ),
    "seminar.reminder": Kind(
        label=N_("A seminar of yours comes near"), icon="clock", default="digest", until="starts",
        hint=N_("7 days and 1 day before it begins."),
        subject=N_("On %(starts)s: %(title)s"), sentence=N_("%(title)s begins on %(starts)s."),
        body=(N_("%(title)s begins on %(starts)s. You have a seat."),
              N_("If you cannot come, cancel on its page, so that somebody else gets the seat.")),
        action=N_("To the seminar"), values={"title": "text", "code": "text", "starts": "moment"},
        link=("seminars.seminar", {"code": "code"}),
        example={"title": "Keamanan Data Kepegawaian", "code": "keamanan-data", "starts": "2026-03-17T02:00:00+00:00"},
    ),
    "seminar.changed": Kind(
        label=N_("Day, time or place of a seminar changed"), icon="cal", mandatory=True,
        subject=N_("Changed: %(title)s"), sentence=N_("Day, time or place of %(title)s changed. It begins on %(starts)s."),
        body=(N_("Day, time or place of %(title)s changed. It begins on %(starts)s."), N_("Its page says what holds now.")),
        action=N_("To the seminar"), values={"title": "text", "code": "text", "starts": "moment"},
        link=("seminars.seminar", {"code": "code"}),
        example={"title": "Keamanan Data Kepegawaian", "code": "keamanan-data", "starts": "2026-03-17T02:00:00+00:00"},
    ),
    "seminar.cancelled": Kind(
        label=N_("A seminar was cancelled"), icon="ban", mandatory=True,
        subject=N_("Cancelled: %(title)s"), sentence=N_("%(title)s does not take place: %(reason)s"),
        body=(N_("%(title)s, %(starts)s, does not take place."), N_("Reason: %(reason)s")),
        action=N_("To the seminar"), values={"title": "text", "code": "text", "starts": "moment", "reason": "text"},
        link=("seminars.seminar", {"code": "code"}),
        example={"title": "Keamanan Data Kepegawaian", "code": "keamanan-data", "starts": "2026-03-17T02:00:00+00:00",
                 "reason": "Narasumber berhalangan."},
    ),
    "request.decided": Kind(
        label=N_("A request about your data was answered"), icon="shield", mandatory=True,
        subject=N_("Your request about your data is answered"), sentence=N_("Your request about your data is answered."),
        body=(N_("Your request number %(request)s about your data is answered. The answer stands on your page My data."),),
        action=N_("See the answer"), values={"request": "number"}, link=("privacy.my_data", {}), example={"request": 1},
    ),
    "request.made": Kind(
        label=N_("Somebody made a request about personal data"), icon="shield", until="until",
        hint=N_("For officers who decide on them."), needs="privacy.decide",
        subject=N_("To answer until %(until)s: a request about personal data"),
        sentence=N_("A request about personal data waits for an answer until %(until)s."),
        action=N_("To the request"), values={"request": "number", "until": "moment"},
        link=("privacy_office.one_request", {"request_id": "request"}), example={"request": 1, "until": "2026-03-13T02:00:00+00:00"},
    ),
    "agreement.ending": Kind(
        label=N_("An agreement with a partner ends soon"), icon="clock", hint=N_("90, 30 and 7 days before its last day."),
        needs="training.manage", subject=N_("Ends on %(until)s: the agreement with %(partner)s"),
        sentence=N_("The agreement %(number)s with %(partner)s ends on %(until)s."),
        body=(N_("The agreement %(number)s with %(partner)s ends on %(until)s."),
              N_("Renew it in time: seminars and studies planned after that day rest on no agreement.")),
        action=N_("To the partner"), values={"partner": "text", "number": "text", "until": "date", "partner_id": "number"},
        link=("partners.partner", {"partner_id": "partner_id"}),
        example={"partner": "Universitas Contoh", "number": "045/MoU/2024", "until": "2026-06-08", "partner_id": 1},
    ),
    "study.submitted": Kind(
        label=N_("An application to study waits for your opinion"), icon="book", hint=N_("For supervisors."), needs="training.see",
        subject=N_("Your opinion is asked for: %(person)s wants to study"),
        sentence=N_("%(person)s applies to study %(programme)s. Your opinion is asked for."),
        action=N_("To the application"), values={"person": "text", "programme": "text", "study": "number"},
        link=("studies.study", {"study_id": "study"}),
        example={"person": "Sari Damanik", "programme": "Magister Administrasi Publik", "study": 1},
    ),
    "study.waits": Kind(
        label=N_("An application to study waits for the decision"), icon="book", hint=N_("For the training office."),
        needs="training.manage", subject=N_("To decide: %(person)s wants to study"),
        sentence=N_("The application of %(person)s to study %(programme)s has the supervisor's opinion and waits for the decision."),
        action=N_("To the application"), values={"person": "text", "programme": "text", "study": "number"},
        link=("studies.study", {"study_id": "study"}),
        example={"person": "Sari Damanik", "programme": "Magister Administrasi Publik", "study": 1},
    ),
    "study.reported": Kind(
        label=N_("A semester waits for confirmation"), icon="cal", default="digest", hint=N_("For the training office."),
        needs="training.manage", subject=N_("To confirm: semester %(number)s of %(person)s"),
        sentence=N_("%(person)s has reported semester %(number)s of %(programme)s."),
        action=N_("To the application"), values={"person": "text", "programme": "text", "number": "number", "study": "number"},
        link=("studies.study", {"study_id": "study"}),
        example={"person": "Sari Damanik", "programme": "Magister Administrasi Publik", "number": 1, "study": 1},
    ),
    "study.advised": Kind(
        label=N_("Your supervisor has given an opinion on your application to study"), icon="book",
        subject=N_("An opinion on your application: %(programme)s"),
        sentence=N_("Your supervisor has given an opinion on your application to study %(programme)s. BKPSDM decides next."),
        action=N_("To the application"), values={"programme": "text", "study": "number"}, link=("studies.study", {"study_id": "study"}),
        example={"programme": "Magister Administrasi Publik", "study": 1},
    ),
    "study.decided": Kind(
        label=N_("Your application to study was decided"), icon="book",
        subject=N_("A decision on your study: %(programme)s"),
        sentence=N_("There is a decision on your study of %(programme)s. It stands on the page of the application."),
        action=N_("See the decision"), values={"programme": "text", "study": "number"}, link=("studies.study", {"study_id": "study"}),
        example={"programme": "Magister Administrasi Publik", "study": 1},
    ),
    "study.semester": Kind(
        label=N_("Your report of a semester was looked at"), icon="cal",
        subject=N_("Semester %(number)s of your study was looked at"),
        sentence=N_("Your report of semester %(number)s of %(programme)s was confirmed or returned. See its page."),
        action=N_("To the application"), values={"programme": "text", "number": "number", "study": "number"},
        link=("studies.study", {"study_id": "study"}), example={"programme": "Magister Administrasi Publik", "number": 1, "study": 1},
    ),
}
DIGEST = "digest"  # a mail that gathers notices; not a kind of its own
