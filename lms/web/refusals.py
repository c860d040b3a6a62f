"""The sentence of every refusal: what happened and what to do. Keys are the codes of `Refused`, values English msgids."""

SENTENCES: dict[str, str] = {
    "sign-in-wrong": "NIP or password is not right. Check both and try again.",
    "too-many-tries": "Too many tries. Wait %(minutes)s minutes, then try again.",
    "password-wrong": "The present password is not right. Check it and try again.",
    "password-short": "The password is too short. Use at least 10 characters.",
    "password-long": "The password is too long. Use at most 256 characters.",
    "password-guessable": "This password is easy to guess. Use a few words that have nothing to do with your name, NIP or office.",
    "code-wrong": "NIP and code do not belong together, or the code has been used. Check both, or ask your personnel officer for a new code.",
    "already-initialised": "This installation has an administrator already. Sign in with that account.",
    "nip-digits": "A NIP has 18 digits. Check it once more.",
    "nip-birth": "The first eight digits of a NIP are a date of birth; these are no date. Check them once more.",
    "nip-sex": "The fifteenth digit of a NIP is 1 or 2. Check it once more.",
    "nip-serial": "The last three digits of a NIP are never 000. Check them once more.",
}
