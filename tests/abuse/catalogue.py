"""The catalogue of abuse and fault: every case has a test named after it, or waits for a feature that does not exist yet.

A case is proved by a test whose name begins with its number, as in `test_a04_a_cookie_kept_after_signing_out_opens_nothing`. A case that
waits names what it waits for and the signs by which a house test knows that the feature has come; that test then asks for the missing test.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Waits:
    """What a case waits for; the signs are patterns over endpoints and addresses, tables, commands and dependencies."""

    feature: str
    signs: str


CASES: dict[str, str] = {
    "A01": "session fixation: cookie set before login is not valid after",
    "A02": "new id at login, 2FA step, role change, password change",
    "A03": "cookie flags __Host-, Secure, HttpOnly, SameSite=Lax, Path=/",
    "A04": "replay of cookie after logout → 401",
    "A05": "all sessions die on disable/reset/role drop within 1 request",
    "A06": "idle 30 min and absolute 12 h enforced server-side",
    "A07": (
        "brute force one account: 10 tries/15 min then delay, correct password still works after the window, no permanent lock-out "
        "DoS"
    ),
    "A08": "password spraying: 1 try × 500 accounts from one IP throttled",
    "A09": "throttling holds across 4 workers and across 2 app instances (shared store)",
    "A10": "X-Forwarded-For spoof does not reset the limit",
    "A11": "timing: unknown vs known user, 200 samples each, Mann-Whitney p>0.01 and medians within 10 % (dummy hash)",
    "A12": "same text/status for login, reset, register of known/unknown",
    "A13": (
        "password ≥12 (min 8 allowed by ASVS), 128+ chars allowed, no truncation at 72, paste allowed, top-100k list refused, "
        "NIP/NIK/name refused"
    ),
    "A14": "Unicode password NFC/NFKC decided and stable; NUL accepted or refused, never truncated",
    "A15": "reset token: single use, 30 min, bound to the current hash, invalid after password change, not in logs/Referer",
    "A16": "reset with forged Host header → link still has base URL",
    "A17": "TOTP: 30 s ±1 step, code cannot be replayed in the window, 5 tries then throttle",
    "A18": "recovery codes 10, single use, hashed",
    "A19": "2FA cannot be skipped by opening a deep link after step 1",
    "A20": "turning 2FA off needs password + code",
    "A21": "WebAuthn: wrong origin/rpId/challenge reuse/counter rollback refused",
    "A22": (
        "OIDC: state, nonce, PKCE, iss, aud, alg pinned (none/HS256 refused), IdP mix-up, e-mail not used as key without verified "
        "flag"
    ),
    "A23": "SAML: signature wrapping (8 XSW variants), unsigned assertion, audience, replay, XXE",
    "A24": "login CSRF refused",
    "A25": "first-run admin: no default password, setup route dead after first admin, race of two setups → one wins",
    "A26": "imported users: initial secret random, must change, expires 7 d",
    "B01": (
        "matrix test generated from app.url_map: every rule × 8 roles × own/other object has a declared expectation; an undeclared "
        "endpoint fails the build"
    ),
    "B02": "HEAD/OPTIONS/PUT/DELETE and _method overrides treated like the guarded verb",
    "B03": "suspended user: all 403 incl. API tokens and open tabs",
    "B04": "UI-hidden actions are also refused by the server",
    "B05": "each JSON endpoint alone (no page visited before)",
    "B06": "attempt id of another learner: view/answer/submit/review → 404",
    "B07": "attempt of same learner but other course version → 404",
    "B08": "instructor of cohort X reads report of cohort Y → 404",
    "B09": "unit admin of unit A edits user of B, or moves a user into A → 403",
    "B10": "group separation holds in list, detail, export, search, count badge, autocomplete, delete",
    "B11": "certificate download by other user",
    "B12": "report filters with other ids mixed in (?user=1&user=2)",
    "B13": "mass assignment: role=admin, score=100, is_active, unit_id in profile form/JSON ignored",
    "B14": (
        "field-level: API never returns hash, totp secret, reset token, e-mail of others (schema test: allow-list per serializer)"
    ),
    "B15": "privilege escalation by import CSV (role column) needs site admin",
    "B16": "last site admin cannot be removed (race of two removals)",
    "B17": "audit log readable only by auditor/admin, writable by nobody",
    "B18": "draft module/quiz invisible by direct URL, media too",
    "B19": "unpublished quiz answers not in search index",
    "B20": "object ids are random 96-bit+ or checked; enumeration of 10,000 ids gives 0 hits and is throttled",
    "B21": "every non-GET without token → 400/403 (loop over url_map)",
    "B22": "token of user A used by B refused; token dies at logout",
    "B23": "token never in URL",
    "B24": "GET never changes state (run all GET as admin, DB hash equal except allowed tables)",
    "B25": "CORS: no ACAO with credentials; Origin: null",
    "B26": "clickjacking: frame-ancestors 'none' except the SCORM/LTI player",
    "B27": "impersonation ('view as') is read-only, banner, audited, cannot submit",
    "B28": "policy change takes effect at once (no stale role in session)",
    "C01": (
        "[×20 kB, ![, [a](, <a , <![, 400-deep list, 5,000 backtick runs, 2,000 abbreviations: publish refused or ≤2 s, worker "
        "alive"
    ),
    "C02": "bleach/nh3: 50,000 nested div, 20,000 attributes",
    "C03": "1 MB of text ok ≤1 s",
    "C04": "yaml.load unsafe tags → ConstructorError",
    "C05": "billion laughs (9 levels): parse is 2 ms but dumping >12 s / memory → reject aliases entirely",
    "C06": "[×900 → RecursionError caught; [×20,000 with CSafeLoader 1 s → depth cap 50 on a pre-scan",
    "C07": "duplicate keys (correct: twice → last wins silently) must be an error with line number",
    "C08": "Norway/octal/sexagesimal/date scalars (no→False, 012→10, 12:30:45→45045): load with a string-only schema",
    "C09": "integer of 5,000 digits → clean error",
    "C10": (
        "tabs, BOM, CRLF, NUL, lone surrogates, 10 MB line, UTF-16 file, invalid UTF-8 → message with file:line:col, tree stays "
        "live"
    ),
    "C11": "front-matter missing/unterminated/two documents",
    "C12": (
        "media ../../etc/passwd, ..%2f, %252e, ..\\\\, absolute, C:, //host, NUL, trailing dot, overlong, case tricks, NFC/NFD → "
        "404 and nothing read (open with openat-style resolve-inside check)"
    ),
    "C13": "symlink inside content tree to outside, symlink swapped between check and open (TOCTOU)",
    "C14": "FIFO/device/10 GB sparse file in tree does not hang a worker",
    "C15": (
        "?next=: //evil, /\\\\evil, https:evil, /%09/evil, @evil, javascript:, \\x00, unicode dots, 4 kB — only same-origin "
        "relative path"
    ),
    "C16": (
        "SSRF (webhook, avatar, LTI keyset, OIDC discovery, xAPI endpoint): 0.0.0.0, 127.1, 2130706433, 0x7f.1, ::1, "
        "::ffff:127.0.0.1, 169.254.169.254, 10/8, 172.16/12, 192.168/16, 100.64/10, fe80::, DNS that changes (rebinding), redirect "
        "302 to file:/http://127 — connect by checked IP"
    ),
    "C17": (
        "WeasyPrint: 30 vectors (schemes, hosts, redirects, attachments, CSS, SVG) in name/course/template → no fetch, render "
        "refused"
    ),
    "C18": "SSTI in names, template fields, mail subjects: {{7*7}}, {%…%}, ${7*7}, #{}, %(x)s, {0.__class__} shown literally",
    "C19": "template editor (if any) uses SandboxedEnvironment + allow-list and no user strings as templates",
    "C20": "zip slip (../, absolute, drive, backslash)",
    "C21": "zip symlink entry",
    "C22": "zip with 100k entries",
    "C23": "nested zip/overlapping (quine) zip",
    "C24": "name collisions by case/NFC",
    "C25": "bomb 42 kB→4 GB: stop at declared and at real size",
    "C26": "import path uses the same sanitizer and validators as the editor",
    "C27": "import is transactional: kill in the middle leaves nothing",
    "C28": "CSV cells starting = + - @ TAB CR | and ＝ prefixed with ' on export, round-trip import strips it",
    "C29": "XLSX: strings_to_formulas=False, no hyperlinks from data",
    "C30": "DDE =cmd|…, HYPERLINK exfil",
    "C31": "numeric answer 'expression' never evaluated",
    "C32": (
        "XML (Moodle XML/QTI/IMSCC): XXE, external DTD, billion laughs, XInclude, XSLT → defusedxml/lxml "
        "resolve_entities=False,no_network"
    ),
    "C33": (
        "SQLi: sqlmap level 3 on 20 GET/POST params = 0; FTS5 queries ', a OR, NEAR(, col:x, *, ^: all 8 raise OperationalError raw "
        "→ quote tokens, never 500"
    ),
    "C34": "header injection CRLF in name→Content-Disposition, redirect, mail subject/From",
    "C35": "body 1 GB, chunked without length, 1,001 parts, 10k fields, field 10 MB → 413 ≤100 ms, RSS +≤50 MB",
    "C36": "JSON depth 100k, NaN, 1e999, duplicate keys, wrong type for every field (schemathesis) → 4xx never 5xx",
    "C37": "slow headers/slow body/slow read 400 connections: other users p95 <1 s",
    "C38": "request smuggling CL.TE/TE.CL behind proxy",
    "C39": "Host header attack → 400",
    "C40": "errors: no trace, no SQL, no path; error id only; JSON and HTML",
    "C41": "content-type confusion: upload .png with HTML/SVG/polyglot, served with nosniff, Content-Disposition, sandbox CSP",
    "C42": "image bombs (50k×50k PNG), EXIF GPS stripped",
    "C43": "PDF/Office upload with macros refused or stored inert",
    "C44": "double extension, .htaccess, 255-byte name, emoji",
    "C45": (
        "U+202E/2066–2069 bidi controls stripped or refused (policy), U+0000, C0/C1, zero-width, tag characters; combining bomb "
        "(2,000 U+0301: renders 88 ms, 24 kB) capped at 4 per base"
    ),
    "C46": "Cyrillic homoglyph of an existing name/login → refused or flagged",
    "C47": (
        "1-letter, mononym (common in Indonesia), 200 chars, apostrophes, O'Neil, titles with commas, <3, null, NaN, emoji: shown "
        "right on screen, CSV, PDF"
    ),
    "C48": "text extracted from the PDF equals the stored name (NFC)",
    "C49": "log injection: newline in login name appears escaped in JSON log",
    "C50": "prototype keys (__proto__, constructor) in JSON and form",
    "Q01": (
        "correct answers, feedback, weights, data-*, comments, source maps, API never in any response before submission (crawl all "
        "responses as learner and search for every key)"
    ),
    "Q02": "not derivable from option order, ids, hash, length, timing",
    "Q03": "shuffled order stored per attempt; reload same",
    "Q04": "question ids of another quiz / duplicate ids / missing ids / extra options → 400, nothing stored",
    "Q05": "two radio values, negative index, float, array, string for int",
    "Q06": "client-sent score/elapsed/passed ignored",
    "Q07": "answer after submit → 409, unchanged",
    "Q08": "server clock decides; client clock ±1 day no effect",
    "Q09": "submit at deadline+grace accepted, later → autosubmitted state with what was saved",
    "Q10": "closed browser: job closes the attempt at the deadline even after restart",
    "Q11": "extend/override only by instructor, audited",
    "Q12": "clock jump −2 h / +2 h on server: no free time, no instant expiry",
    "Q13": "pausing by suspend/disconnect gives no time",
    "Q14": "double-click submit ×50 concurrent: 1 result, same body",
    "Q15": "same attempt in two tabs: last write wins per question by version number, stale write 409 with current value",
    "Q16": "two devices start at once: one attempt (UNIQUE partial index)",
    "Q17": "max-attempts race: 50 parallel starts with limit 3 → exactly 3",
    "Q18": "replay of recorded requests → idempotent by key",
    "Q19": "back button after submit shows result, no resubmission (PRG, no-store)",
    "Q20": "prefetch/crawler/HEAD does not start an attempt",
    "Q21": "question edited during attempts: attempts stay on frozen version",
    "Q22": "quiz deleted/unpublished mid-attempt: attempt can finish or is voided with a notice, never 500",
    "Q23": (
        "scoring property test: hypothesis, 10,000 random answer sets, total within [0,max], permutation-invariant, partial credit "
        "bounds"
    ),
    "Q24": "rounding at pass mark (79.995) decided with Decimal",
    "Q25": "free text 100 kB, all Unicode planes",
    "Q26": "reattempt cooldown across midnight, WIB/WITA/WIT and DST-free zones",
    "Q27": "offline: answers queued in localStorage re-sent, same keys, none lost when 30 % of responses dropped",
    "Q28": "session expires mid-attempt: login returns to the same attempt, no answer lost",
    "K01": "one certificate per (user, course, version): 50 concurrent submits on 4 workers",
    "K02": "kill -9 between number, row, PDF, signature, mail at each of 8 points → consistent, resumed",
    "K03": "re-download bytes identical (SHA-256)",
    "K04": "re-render identical: WeasyPrint 70 output is byte-deterministic with fixed dates",
    "K05": "re-issue after name change: old → superseded, new number, both verify with right status",
    "K06": "revoked → verify page 'revoked' within 1 s on all instances, status-list bit set, PDF download refused",
    "K07": "expired by validity date",
    "K08": "gap policy: no gaps under rollback (counter row), series per year, year switch at local midnight",
    "K09": "counter never goes back after restore from backup (bump to max+safety and record)",
    "K10": "verification code ≥ 96 bits random; 10^6 guesses → throttled, 0 hits; 404 and found have equal timing",
    "K11": (
        "number alone does not reveal the person; verify page shows masked name policy, no more than the last three digits of the "
        "NIP, no NIK, e-mail or score"
    ),
    "K12": "noindex, no referrer leak, no third-party requests",
    "K13": (
        "QR decodes (zbar/OpenCV) to exact URL at 100/150/300 dpi print scan; altered QR host is visible: page tells the official "
        "host"
    ),
    "K14": "QR open redirect impossible",
    "K15": "1 bit flipped in each of 200 random positions of the PDF → never 'valid'",
    "K16": "appended bytes/incremental update (rotate, /Info, annotation, extra page) → 'changed after issue'",
    "K17": "look-alike CA with same names → untrusted",
    "K18": "signature stripped, second signature added, certificate swapped",
    "K19": "signer expired/revoked at signing vs later; with timestamp stays valid",
    "K20": "key rotation: old certificates verify with old key, kid kept",
    "K21": "signing key unreadable/HSM down: number not burnt, job retried, learner told",
    "K22": "TSA down: B-B issued, upgraded to B-T/LT by job",
    "K23": (
        "veraPDF: PDF/A-3a PASS and PDF/UA-1 PASS for 12 names (Latin, CJK, Arabic, emoji, astral, combining, 200 chars) [6 "
        "measured PASS]"
    ),
    "K24": "missing glyph → refuse or fallback font, never tofu silently",
    "K25": "attachment credential.json = API credential, byte-equal",
    "K26": "VC: both W3C vectors, tamper, wrong key, wrong purpose, undefined term injected, context appended, alg none/HS256",
    "K27": "status list: 131,072 bits min, index unique & random, gzip bomb on verify refused",
    "K28": "mass issue 10,000: resumable, no duplicate, progress right",
    "K29": "import of old certificates keeps numbers, no clash",
    "K30": "text of PDF has no hidden instructions/metadata with internal paths",
    "V01": "ballot stuffing: same token twice (concurrent ×50) → 1",
    "V02": "token guess 10^6 → 0",
    "V03": "public link mode: per-device + rate limit, duplicates flagged not blocked",
    "V04": "token passed to another person: documented, counts once",
    "V05": (
        "anonymous: no user id, IP, UA, session, timestamp finer than day stored with answers; token table and answer table share "
        "no key, insertion order shuffled (rowid leak!)"
    ),
    "V06": (
        "DB + logs + backups of the same second cannot link (attack test tries join on time, rowid, autoincrement, WAL order, "
        "access log)"
    ),
    "V07": "small cell: n<5 suppressed in all breakdowns, incl. export, chart tooltip, API",
    "V08": (
        "complementary suppression: total − others cannot reveal a suppressed cell; differencing between two filters/dates (test: "
        "500 random filter pairs)"
    ),
    "V09": "group separation in results and delete",
    "V10": "free text shown only when n≥5, order shuffled, PII warning",
    "V11": "late/closed survey → 410",
    "V12": "required/skip logic enforced by server",
    "V13": "option not in list, 11 on a 1–5 scale, 1 MB text",
    "V14": "survey edit after first answer versioned",
    "V15": "results page cached per viewer role",
    "V16": "CSV formula in free text",
    "V17": "bots: honeypot + rate limit, no third-party captcha",
    "V18": "withdrawal impossible by design and said so",
    "F01": "kill -9 random worker loop 10 min: I1–I8",
    "F02": "kill -9 master/all + restart: healthy <5 s",
    "F03": "power-loss simulator FULL: 0 lost of 5,000 crash points",
    "F04": (
        "same with our real schema and PRAGMAs read back (PRAGMA synchronous=2, journal_mode=wal, foreign_keys=1 on every "
        "connection)"
    ),
    "F05": "ENOSPC by libfiu pwrite 5 %/100 % and by 8 MB tmpfs: error page, no ack, recovers when freed",
    "F06": "EIO on fdatasync",
    "F07": "EMFILE on open",
    "F08": "DB locked 5 s by another writer: waits, then 503 with Retry-After, no partial",
    "F09": "DB file read-only / directory read-only",
    "F10": "DB deleted/replaced under a running app → refuse, not recreate",
    "F11": "WAL file removed → detected at start",
    "F12": "PG down 30 s then up: reads from cache or 503, pool recovers without restart, queued answers arrive",
    "F13": "PG failover kills connections mid-commit: retry safe by key",
    "F14": "PG too_many_connections",
    "F15": "deadlock/serialization error retried ≤3",
    "F16": (
        "broken module file in the live tree (bad YAML, half-written by editor, deleted, renamed): last good version stays live, "
        "admin sees file:line"
    ),
    "F17": "content dir read-only or unmounted",
    "F18": "editor save race two authors → 409 + diff",
    "F19": "clock −1 y/+1 y at start (faketime) → warns, tokens/certs refuse",
    "F20": "NTP step ±120 s during quiz",
    "F21": "worker OOM (RLIMIT_AS 512 MB) on huge PDF: only that job fails",
    "F22": "SIGTERM drain: in-flight 3 s request answered 200, exit ≤ graceful limit",
    "F23": "rolling restart of 2 instances: 0 failed requests through proxy",
    "F24": "job worker SIGKILL at each step: lease expires, retried, effect once",
    "F25": "poison job: 5 tries, dead letter, alert",
    "F26": "mail server down/slow/4xx/5xx/greylist/accept-then-drop: outbox keeps, backoff, no duplicate",
    "F27": "disk full of mail queue/log",
    "F28": "corrupt upload (truncated zip/png/xlsx) → 400",
    "F29": "corrupt cache entry / cache store down → slower, right",
    "F30": "rate-limit store down → fail closed for login, open for reading, logged",
    "F31": "secret key missing/changed/rotated with fallback",
    "F32": "migration killed half-way: restart completes or rolls back; old code with new schema refuses",
    "F33": "backup during load restores and passes I1–I8 up to its time",
    "F34": "restore of a corrupted/truncated backup is detected",
    "F35": "bit rot: flip a byte in DB page → integrity job alarms, not 500 loop",
    "F36": "DNS/IdP down: local admin login works",
    "F37": "network partition app↔PG 10 s with a commit in doubt",
    "F38": "/dev/urandom, locale C, TZ unset, umask 000, non-root, read-only root fs",
    "L01": "500 learners answering, 2 cores: p95 <300 ms, 0 5xx, 10 min",
    "L02": "thundering start: 300 attempts in 5 s",
    "L03": "deadline spike: 300 submits in 3 s",
    "L04": "render 1,000 certificates: ≥8/s/core (36 ms render + 35 ms EC sign) without hurting L01 p95 by >30 %",
    "L05": "verify page 500 rps from cache",
    "L06": "soak 8 h (nightly) RSS slope <1 MB/h, fds flat, WAL <64 MB, no lock >1 s",
    "L07": "100k users, 1M answers, 100k certs: list pages p95 <500 ms, constant query count",
    "L08": "exports 100k rows streamed, RSS <200 MB",
    "L09": "long transaction does not block writers (checkpoint starvation)",
    "L10": "login storm 100/s: argon2 pool bounded, others p95 <1 s",
    "L11": "2 instances on PG: same invariants",
    "L12": "after overload stops, latency normal <30 s",
    "D01": (
        "headers on every response: CSP (no unsafe-*), HSTS, nosniff, Referrer-Policy, Permissions-Policy, COOP, CORP; nikto/wapiti "
        "clean"
    ),
    "D02": "debug off, Werkzeug console unreachable, /metrics not public",
    "D03": "flask routes diff reviewed",
    "D04": "secrets not in repo, logs, errors, exports, ps, backups listing",
    "D05": "Sentry/log scrubber test with planted secrets (20 kinds)",
    "D06": "hash-locked requirements; SBOM (CycloneDX) built; licences",
    "D07": "SQLite ≥3.51.3, WeasyPrint ≥70, Flask ≥3.1.3 asserted at start",
    "D08": "no outbound request at runtime (pytest-socket; browser test records 0 foreign hosts)",
    "D09": "audit log chain verified nightly; tamper test finds changed/removed/reordered row",
    "D10": (
        "security events logged (login ok/fail, reset, role, export, cert issue/revoke, settings) with actor, IP, request id; alert "
        "rules fire"
    ),
    "D11": "data retention/erasure job: user anonymised everywhere but certificate facts",
    "D12": "backup encrypted, restore drill timed",
    "D13": "admin CLI needs OS user, audited",
    "D14": "SECURITY.md: 48 h acknowledgement, supported versions, deadlines (critical 72 h, high 14 d)",
}
SURVEYS = Waits("public surveys", r"survey|survei|skm")
BACKUP = Waits("backup and restore", r"\bbackup|\brestore")
UPLOADS = Waits("files that people upload and others see", r"upload(?!s/imports)")
SEVERAL_MACHINES = Waits("an installation on several machines", r"cluster|replica")
WAITING: dict[str, Waits] = {
    "A23": Waits("sign-in by SAML", r"saml"),
    "B27": Waits("viewing as somebody else", r"impersonat|view_as|view-as"),
    "C19": Waits("an editor for templates", r"template_editor|studio"),
    "C41": UPLOADS,
    "D12": BACKUP,
    "F18": Waits("authoring in the browser", r"studio|editor"),
    "F23": SEVERAL_MACHINES,
    "F33": BACKUP,
    "F34": BACKUP,
    "K09": BACKUP,
    "K22": Waits("time stamps on seals", r"timestamp_authority|\btsa\b"),
    "K26": Waits("credentials that carry a proof of their own", r"data_integrity|credential_proof|/did\.json"),
    "K27": Waits("a status list of credentials", r"status_list|status-list"),
    "K29": Waits("import of certificates issued elsewhere", r"import_certificates|certificates_import"),
    "L11": SEVERAL_MACHINES,
    "Q12": Waits("a source of time beside the machine's own clock", r"time_source|ntp"),
    **{f"V{number:02}": SURVEYS for number in range(1, 19)},
}
