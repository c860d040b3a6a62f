"""The people whom README, sign-in page and tests call by NIP: four sign-ins, and one person for each state a learner can be in."""

from dataclasses import dataclass
from typing import Literal

State = Literal[
    "not-started", "reading", "before-quiz", "attempt-open", "attempt-expired", "failed-once", "failed-for-good", "waiting-for-mark",
    "passed", "certificate-valid", "certificate-expired", "certificate-revoked", "certificate-superseded", "deactivated",
]


@dataclass(frozen=True, slots=True)
class Named:
    """One person for one state; `module_id` is where it shows, `what` says it in a sentence."""

    state: State
    nip: str
    name: str
    module_id: str
    what: str


@dataclass(frozen=True, slots=True)
class SignIn:
    """One of the four sign-ins; `unit` is the name of the unit where they work."""

    nip: str
    name: str
    role: str
    unit: str
    position: str
    grade: str
    kind: str


LED_BY_WATI = "Kecamatan Siantar Barat"
ACADEMY = "Badan Kepegawaian dan Pengembangan Sumber Daya Manusia"

SARI = SignIn("199001012015012001", "Sari Dewi Damanik, S.Sos.", "learner", LED_BY_WATI, "Penata Layanan Operasional", "III/b", "pelaksana")
BUDI = SignIn("198502022010011002", "Budi Santoso Purba, S.Kom., M.Pd.", "trainer", ACADEMY, "Widyaiswara Ahli Muda", "III/d", "ahli-muda")
WATI = SignIn("197803032005012003", "Hj. Wati Lestari Siregar, S.STP., M.Si.", "supervisor", LED_BY_WATI, "Camat Siantar Barat", "IV/a",
              "administrator")
AGUS = SignIn("198004042006041004", "Agus Halomoan Sinaga, S.E., M.M.", "admin", ACADEMY, "Kepala Bidang Pengembangan Kompetensi", "IV/a",
              "administrator")
SIGN_INS = (SARI, BUDI, WATI, AGUS)

NAMED: tuple[Named, ...] = (
    Named("not-started", "199105122019022005", "Tiurma Saragih, A.Md.", "", "has never opened a module"),
    Named("reading", "198811232014031002", "Binsar Sinaga, S.E.", "komunikasi-efektif",
          "has read two lessons of five and opened the third"),
    Named("before-quiz", "199307082020122011", "Romauli Hutagalung, S.AP.", "nilai-berakhlak",
          "has done all lessons three weeks ago and never began the final quiz"),
    Named("attempt-open", "199604192022031004", "Wahyu Nugroho, S.T.", "pelayanan-prima", "is in the middle of the final quiz"),
    Named("attempt-expired", "198702142012122003", "Nurhayati Lubis, S.H.", "keamanan-informasi",
          "ran out of time: the attempt was begun under a limit of 30 minutes and graded with the answers saved until then"),
    Named("failed-once", "199209302021211007", "Togar Simanjuntak", "nilai-berakhlak", "failed the first attempt, has two more"),
    Named("failed-for-good", "198406172009031005", "Slamet Widodo, A.Md.", "komunikasi-efektif",
          "failed all three attempts; goes on only if a trainer gives another"),
    Named("waiting-for-mark", "199412052023212009", "Meliana Sihombing, S.KM.", "survei-kepuasan",
          "handed in the essay of the last practice quiz; Budi must mark it. The module itself does not wait: its final quiz has no essay"),
    Named("passed", "198909112015031006", "Rikardo Nainggolan, S.IP.", "keamanan-informasi",
          "passed on the last working day, at the second attempt"),
    Named("certificate-valid", "198205252008012008", "Rosmaida Purba, S.Sos.", "pelayanan-prima", "holds a certificate that is valid"),
    Named("certificate-expired", "197910102006042010", "Endang Rahayu, S.Pd.", "pelayanan-prima",
          "holds a certificate whose last day has passed, and may begin a second round"),
    Named("certificate-revoked", "198603032011011009", "Hotman Tampubolon, S.H.", "keamanan-informasi", "had the certificate revoked"),
    Named("certificate-superseded", "199508212020122014", "Fitriani Nasution, A.Md.", "nilai-berakhlak",
          "has a second certificate that replaces one with a misspelt name"),
    Named("deactivated", "198001152005011003", "Parulian Sitorus, S.E.", "pelayanan-prima",
          "has left the agency: cannot sign in, the certificate still stands"),
)
MISSPELT = {"199508212020122014": "Fitriyani Nasution, A.Md."}


def named(state: State) -> Named:
    """The person of a state."""
    return next(one for one in NAMED if one.state == state)
